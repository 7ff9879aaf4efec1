import { createProber } from "../instances/probe-instances.ts";
import type { WorkerSystem } from "../worker.ts";
import { tendPool } from "./tend-pool.ts";

const pauseMs = 10_000;

/** Tends the pool until the signal aborts, in the background; ends when nothing is being done any more. */
export async function keepPool(
  worker: WorkerSystem,
  freeMemory: () => number,
  stop: AbortSignal,
): Promise<void> {
  const probe = createProber(worker.gateway);
  while (!stop.aborted) {
    await tendPool(worker, { probe, freeMemory, signal: stop }).catch((error) => {
      if (!stop.aborted) worker.log.error({ err: error }, "tending the pool failed");
    });
    await worker.clock.sleep(pauseMs, stop).catch(() => undefined);
  }
}
