import { command } from "./command.ts";

const label = "org.openclaw-launch.instance";

/** Containers of assistants that run on the engine now. Empty when no engine answers. */
export async function runningInstances(): Promise<string[]> {
  const output = await command("docker", ["ps", "--quiet", "--filter", `label=${label}`], { timeoutMs: 10_000 }).catch(() => "");
  return output.split("\n").filter((id) => id !== "");
}

export async function stopInstances(containers: readonly string[]): Promise<void> {
  if (containers.length > 0) await command("docker", ["stop", "--time", "20", ...containers]);
}
