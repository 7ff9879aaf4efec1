import type { WorkerSystem } from "../worker.ts";
import { type DeathReason, deathsWithThis, isGivenUp, restOf } from "./rules.ts";
import { fail, type Work, whileCurrent } from "./track-progress.ts";

/**
 * Writes down that the instance died. Returns the milliseconds after which it starts again, or null when it died too often and stays
 * down. The count stands in the database: a worker that starts anew goes on counting.
 */
export async function countDeath(
  worker: WorkerSystem,
  work: Work,
  reason: DeathReason,
): Promise<number | null> {
  const deaths = deathsWithThis(work.instance, worker.clock.now());
  if (isGivenUp(deaths)) {
    await worker.engine.stop(work.instance.id, 0);
    await fail(worker, work, isOwnFault(reason) ? "instance.crash-loop" : reason);
    return null;
  }
  await whileCurrent(worker, work, async (_, diedAt) => ({ status: "starting", reason, deaths, diedAt }));
  return restOf(work.instance, worker.clock.now());
}

const isOwnFault = (reason: DeathReason) => reason === "instance.crashed" || reason === "instance.ended";
