import { DomainError } from "../errors.ts";
import type { WorkerSystem } from "../worker.ts";
import { bringUp } from "./bring-up.ts";
import { eraseInstance } from "./erase-instance.ts";
import { takeDown } from "./take-down.ts";
import { fail, openOperation, type Work } from "./track-progress.ts";

/**
 * Makes the engine agree with what the owner wants. Level-triggered and idempotent: it may be repeated at any time and killed at
 * any step. Aborting the signal means that a newer command has taken over. Unexpected errors are thrown: the caller tries again.
 */
export async function convergeInstance(
  worker: WorkerSystem,
  instanceId: string,
  signal: AbortSignal,
): Promise<void> {
  const instance = await worker.db.instance.findUnique({ where: { id: instanceId } });
  if (!instance || instance.hostId !== worker.secrets.hostId || instance.status === "removed") return;
  const work: Work = { instance, operation: await openOperation(worker.db, instanceId) };

  try {
    if (instance.desired === "running") await bringUp(worker, work, signal);
    if (instance.desired === "stopped") await takeDown(worker, work);
    if (instance.desired === "removed") await eraseInstance(worker, work);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof DomainError)) throw error;
    worker.log.warn(
      { err: error, instanceId, operationId: work.operation?.id },
      "instance could not be brought up",
    );
    await worker.engine.stop(instanceId, 0);
    await fail(worker, work, error.code);
  }
}
