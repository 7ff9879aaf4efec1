import { usualPrefix } from "../../packages/core/src/config.ts";
import { engineLabel } from "../../packages/core/src/provisioner/docker-names.ts";
import { command } from "./command.ts";

/** What the workers of this installation put before every name on the engine. */
export const instancePrefix = () => process.env["INSTANCE_PREFIX"] || usualPrefix;

/** Containers of this installation's assistants that run now. Empty when no engine answers. */
export async function runningInstances(): Promise<string[]> {
  const filter = `label=${engineLabel}=${instancePrefix()}`;
  const output = await command("docker", ["ps", "--quiet", "--filter", filter], { timeoutMs: 10_000 }).catch(
    () => "",
  );
  return output.split("\n").filter((id) => id !== "");
}

export async function stopInstances(containers: readonly string[]): Promise<void> {
  if (containers.length > 0) await command("docker", ["stop", "--time", "20", ...containers]);
}

const kinds = [
  { name: "containers", list: ["ps", "--all"], remove: ["rm", "--force"] },
  { name: "networks", list: ["network", "ls"], remove: ["network", "rm"] },
  { name: "volumes", list: ["volume", "ls"], remove: ["volume", "rm"] },
] as const;

const idsOf = async (list: readonly string[], prefix: string) =>
  (await command("docker", [...list, "--quiet", "--filter", `label=${engineLabel}=${prefix}`]))
    .split("\n")
    .filter((id) => id !== "");

/** How much of each kind workers with this prefix have on the engine. */
export async function countObjects(
  prefix: string,
): Promise<Record<"containers" | "networks" | "volumes", number>> {
  const counts = await Promise.all(
    kinds.map(async ({ name, list }) => [name, (await idsOf(list, prefix)).length] as const),
  );
  return Object.fromEntries(counts) as Record<"containers" | "networks" | "volumes", number>;
}

/** Removes everything that workers with this prefix made on the engine, and detaches their disks. */
export async function eraseInstances(prefix: string): Promise<void> {
  for (const { list, remove } of kinds) {
    const ids = await idsOf(list, prefix);
    if (ids.length > 0) await command("docker", [...remove, ...ids]);
  }
  for (const device of await attachedDisks(prefix)) await command("losetup", ["-d", device]);
}

/** Loop devices of assistants of workers with this prefix; none where the host has no such devices. */
export async function attachedDisks(prefix: string): Promise<string[]> {
  const list = ["--list", "--noheadings", "--output", "NAME,BACK-FILE"];
  const output = await command("losetup", list).catch(() => "");
  return output.split("\n").flatMap((line) => {
    const [device = "", ...file] = line.trim().split(/\s+/);
    return file.join(" ").includes(`/disks/${prefix}-`) ? [device] : [];
  });
}
