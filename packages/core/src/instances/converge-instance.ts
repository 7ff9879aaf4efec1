import { backUpInstance } from "../backups/back-up-instance.ts";
import { changeInstance } from "../backups/change-instance.ts";
import { DomainError, type ErrorCode } from "../errors.ts";
import type { WorkerSystem } from "../worker.ts";
import { bringUp } from "./bring-up.ts";
import { countDeath } from "./count-death.ts";
import { eraseInstance } from "./erase-instance.ts";
import { deathOf } from "./rules.ts";
import { takeDown } from "./take-down.ts";
import { fail, openOperation, type Work } from "./track-progress.ts";

/**
 * Makes the engine agree with what the owner wants. Level-triggered and idempotent: it may be repeated at any time and killed at
 * any step. Aborting the signal means that a newer command has taken over. Unexpected errors are thrown: the caller tries again.
 * Returns the milliseconds after which to look again, or null when the instance is as it should be.
 */
export async function convergeInstance(
  worker: WorkerSystem,
  instanceId: string,
  signal: AbortSignal,
): Promise<number | null> {
  const again = await attempt(worker, instanceId, signal);
  return again === 0 ? convergeInstance(worker, instanceId, signal) : again;
}

async function attempt(
  worker: WorkerSystem,
  instanceId: string,
  signal: AbortSignal,
): Promise<number | null> {
  const instance = await worker.db.instance.findUnique({ where: { id: instanceId } });
  if (!instance || instance.hostId !== worker.secrets.hostId || instance.status === "removed") return null;
  const work: Work = { instance, operation: await openOperation(worker.db, instanceId) };

  try {
    if (work.operation?.kind === "backup") {
      await backUpInstance(worker, work, work.operation, signal);
      return null;
    }
    if (work.operation?.kind === "restore" || work.operation?.kind === "upgrade") {
      await changeInstance(worker, work, work.operation, signal);
      return null;
    }
    if (instance.desired === "running") return await bringUp(worker, work, signal);
    if (instance.desired === "stopped") await takeDown(worker, work);
    if (instance.desired === "removed") await eraseInstance(worker, work);
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    if (!(error instanceof DomainError)) throw error;
    worker.log.warn(
      { err: error, instanceId, operationId: work.operation?.id },
      "instance could not be brought up",
    );
    return await settleFailure(worker, work, error);
  }
}

/** Failures that may have their cause in a container that died meanwhile. */
const whileRunning: readonly ErrorCode[] = ["instance.crashed", "deploy.not-healthy", "deploy.no-answer"];
/** Of something that the instance needs and that comes back by itself. */
const passing: readonly ErrorCode[] = ["deploy.engine-failed", "deploy.provider-unavailable"];

/** A command whose own configuration fails has failed. An instance that ran before, or was ended from outside, gets another try. */
async function settleFailure(worker: WorkerSystem, work: Work, error: DomainError): Promise<number | null> {
  const { operation } = work;
  const { id } = work.instance;
  if (!operation && passing.includes(error.code)) throw error;
  const { outOfMemoryAt } = await worker.db.instance.findUniqueOrThrow({ where: { id } });
  const { container } = await worker.engine.inspect(id);
  if (whileRunning.includes(error.code)) {
    const isUp = container?.state === "running";
    const death = isUp ? "instance.not-answering" : deathOf(container, outOfMemoryAt);
    if (!operation || death === "instance.ended") {
      if (isUp) await worker.engine.stop(id, 0);
      return countDeath(worker, work, death);
    }
    await worker.engine.stop(id, 0);
    await fail(worker, work, isUp ? error.code : death);
    return null;
  }
  await worker.engine.stop(id, 0);
  await fail(worker, work, error.code);
  return null;
}
