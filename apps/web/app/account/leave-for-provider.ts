import type { beginProviderInput, identity } from "@openclaw-launch/core/auth/schema";
import { isErrorCode } from "@openclaw-launch/core/errors";
import { LaunchError } from "@openclaw-launch/sdk/errors";

export type Provider = (typeof identity)["_output"]["provider"];
type Purpose = (typeof beginProviderInput)["_output"]["purpose"];

/** Goes to the provider, which sends the person back to `target`. The page's policy lets no form lead there. Rejects with a refusal. */
export async function leaveForProvider(provider: Provider, purpose: Purpose, target: string): Promise<void> {
  const { url, problem } = await askForAddress(provider, purpose, target);
  if (url === undefined) throw new LaunchError(isErrorCode(problem) ? problem : "client.unreachable");
  window.location.assign(url);
  // Whoever takes the browser's way back may find the page as it was left.
  await new Promise((resolve) => window.addEventListener("pageshow", resolve, { once: true }));
}

async function askForAddress(
  provider: Provider,
  purpose: Purpose,
  target: string,
): Promise<{ url?: string; problem?: string }> {
  try {
    const response = await fetch(`/auth/${provider}`, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams({ purpose, target }),
    });
    return await response.json();
  } catch (cause) {
    throw new LaunchError("client.unreachable", { cause });
  }
}
