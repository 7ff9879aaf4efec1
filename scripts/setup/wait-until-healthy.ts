import { setTimeout as sleep } from "node:timers/promises";

/** Whether a server answers there and doesn't say that something is wrong with it (5xx). */
export async function isHealthy(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(5000), redirect: "manual" }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status < 500;
    },
    () => false,
  );
}

/** Throws when it doesn't answer in time. */
export async function waitUntilHealthy(url: string, limitMs = 90_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isHealthy(url))) {
    if (performance.now() > deadline)
      throw new Error(`${url} did not become healthy within ${limitMs / 1000} s. See \`npm run logs\`.`);
    await sleep(150);
  }
}
