import type { WorkerConfig } from "../config.ts";
import type { InstanceFile, InstanceSpec } from "../ports.ts";

type Facts = { instanceId: string; generation: number; files: readonly InstanceFile[] };
type Size = Pick<WorkerConfig, "INSTANCE_IMAGE" | "INSTANCE_MEMORY_MB" | "INSTANCE_MILLI_CPUS">;

/** An assistant at rest has about 45 tasks; its tools start more. */
const pids = 256;
/** Of the memory, for the JavaScript heap: the rest is code, buffers and /tmp, and the kernel kills what goes beyond. */
const heapShare = 3 / 8;

/** What the container of an instance is made from. Throws on a file that would lie outside of the state folder. */
export function buildSpec({ instanceId, generation, files }: Facts, size: Size): InstanceSpec {
  for (const { path } of files)
    if (!isInside(path)) throw new Error(`${path} is not a path inside the state folder.`);
  return {
    instanceId,
    generation,
    image: size.INSTANCE_IMAGE,
    // The same after every restart: OpenClaw waits minutes for a lease that another host name holds.
    hostname: `assistant-${instanceId.slice(0, 8)}`,
    memoryBytes: size.INSTANCE_MEMORY_MB * 1024 ** 2,
    milliCpus: size.INSTANCE_MILLI_CPUS,
    pids,
    environment: {
      NODE_OPTIONS: `--max-old-space-size=${Math.floor(size.INSTANCE_MEMORY_MB * heapShare)} --max-semi-space-size=8`,
    },
    files,
  };
}

const isInside = (path: string) =>
  path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
