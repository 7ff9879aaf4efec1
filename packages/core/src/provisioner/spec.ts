import type { InstanceFile, InstanceLimits, InstanceSpec } from "../ports.ts";

type Facts = {
  instanceId: string;
  generation: number;
  image: string;
  files: readonly InstanceFile[];
  limits: InstanceLimits;
};

/** Of the memory, for the JavaScript heap: the rest is code, buffers and /tmp, and the kernel kills what goes beyond. */
const heapShare = 3 / 8;

/** What the container of an instance is made from. Throws on a file that would lie outside of the state folder. */
export function buildSpec({ instanceId, generation, image, files, limits }: Facts): InstanceSpec {
  for (const { path } of files)
    if (!isInside(path)) throw new Error(`${path} is not a path inside the state folder.`);
  return {
    instanceId,
    generation,
    image,
    hostname: hostnameOf(instanceId),
    ...limits,
    // Limits change while it runs, this with the next container.
    environment: {
      NODE_OPTIONS: `--max-old-space-size=${Math.floor((limits.memoryBytes / 1024 ** 2) * heapShare)} --max-semi-space-size=8`,
    },
    files,
  };
}

/** The same after every restart: OpenClaw waits minutes for a lease that another host name holds. */
export const hostnameOf = (instanceId: string) => `assistant-${instanceId.slice(0, 8)}`;

const isInside = (path: string) =>
  path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
