import { backUpInstance } from "../backups/back-up-instance.ts";
import { changeInstance } from "../backups/change-instance.ts";
import { DomainError, type ErrorCode } from "../errors.ts";
import { readSealedInstance } from "../provisioner/sealed-instance.ts";
import type { WorkerSystem } from "../worker.ts";
import { bringUp } from "./bring-up.ts";
import { causeOfDeath } from "./cause-of-death.ts";
import { countDeath } from "./count-death.ts";
import { eraseInstance } from "./erase-instance.ts";
import { openOperation } from "./queries.ts";
import { takeDown } from "./take-down.ts";
import { fail, giveUp, isPhaseDone, type Work } from "./track-progress.ts";

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
      return await changeInstance(worker, work, work.operation, signal);
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

/** Of something that the instance needs and that comes back by itself. */
const passing: readonly ErrorCode[] = ["deploy.engine-failed", "deploy.provider-unavailable"];

/** A command whose own configuration fails has failed. An instance that ran before, or was ended from outside, gets another try. */
async function settleFailure(worker: WorkerSystem, work: Work, error: DomainError): Promise<number | null> {
  const { operation } = work;
  const { id } = work.instance;
  if (!operation && passing.includes(error.code)) throw error;
  if (await isUntouched(worker, work)) {
    const owes = await owesAccess(worker, work);
    const status = owes ? "starting" : "running";
    await giveUp(worker, work, error.code, { status, desired: "running", reason: null });
    return owes ? 0 : null;
  }
  const death = await causeOfDeath(worker, work, error);
  await worker.engine.stop(id, 0);
  if (death && (!operation || death === "instance.ended")) return countDeath(worker, work, death);
  await fail(worker, work, death && death !== "instance.not-answering" ? death : error.code);
  return null;
}

/** What was to be deployed could not even be opened: what runs goes on. */
async function isUntouched(worker: WorkerSystem, work: Work): Promise<boolean> {
  if (work.operation?.kind !== "deploy" || (await isPhaseDone(worker, work, "open-configuration")))
    return false;
  return (await worker.engine.inspect(work.instance.id)).container?.state === "running";
}

/** A token or a revocation, which a command asked for that the failed one took over from. */
async function owesAccess({ secrets }: WorkerSystem, { instance }: Work): Promise<boolean> {
  const sealed = await readSealedInstance(secrets, instance.id);
  return instance.revokesDevices || sealed?.rotationId !== instance.rotationId;
}
