import { command } from "./command.ts";

const label = "org.openclaw-launch.instance";

const engineLabel = "org.openclaw-launch.engine";

/** Containers of assistants that run on the engine now. Empty when no engine answers. */
export async function runningInstances(): Promise<string[]> {
  const output = await command("docker", ["ps", "--quiet", "--filter", `label=${label}`], { timeoutMs: 10_000 }).catch(() => "");
  return output.split("\n").filter((id) => id !== "");
}

export async function stopInstances(containers: readonly string[]): Promise<void> {
  if (containers.length > 0) await command("docker", ["stop", "--time", "20", ...containers]);
}

/** Removes everything that workers with this prefix made on the engine. */
export async function eraseInstances(prefix: string): Promise<void> {
  const filter = ["--quiet", "--filter", `label=${engineLabel}=${prefix}`];
  const kinds = [
    { list: ["ps", "--all"], remove: ["rm", "--force"] },
    { list: ["network", "ls"], remove: ["network", "rm"] },
    { list: ["volume", "ls"], remove: ["volume", "rm"] },
  ];
  for (const { list, remove } of kinds) {
    const names = (await command("docker", [...list, ...filter])).split("\n").filter((name) => name !== "");
    if (names.length > 0) await command("docker", [...remove, ...names]);
  }
}
