import { join } from "node:path";
import type { Logger } from "pino";
import type { RunCommand } from "../adapters/run-command.ts";
import type { WorkerConfig } from "../config.ts";
import type { DiskQuota } from "./docker.ts";
import { canAttach, loopDisks } from "./loop-disks.ts";

type Needs = {
  config: Pick<WorkerConfig, "DISK_QUOTA" | "INSTANCE_DISK_MB" | "INSTANCE_PREFIX" | "WORKER_DATA">;
  run: RunCommand;
  log: Logger;
};

/** How the room of instances is bounded on this host; null where they are only measured. Throws where the operator's choice can't be had. */
export async function chooseDiskQuota({ config, run, log }: Needs): Promise<DiskQuota | null> {
  const { DISK_QUOTA, INSTANCE_DISK_MB: megabytes, INSTANCE_PREFIX: prefix } = config;
  if (DISK_QUOTA === "measured") return null;
  if (DISK_QUOTA === "xfs") return { kind: "xfs", megabytes };
  const folder = join(config.WORKER_DATA, "disks");
  if (await canAttach(folder, run))
    return { kind: "loop", disks: loopDisks({ folder, prefix, megabytes, run }) };
  if (DISK_QUOTA === "loop")
    throw new Error("DISK_QUOTA is loop, but this host lets the worker attach no loop device.");
  log.warn(
    "NO DISK QUOTA: assistants are only stopped once they are found above it. Run the worker as root on Linux, or see docs/hosting/environment.md.",
  );
  return null;
}
