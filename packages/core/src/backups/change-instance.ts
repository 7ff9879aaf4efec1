import { DomainError, isErrorCode } from "../errors.ts";
import type { Operation } from "../generated/prisma/client.ts";
import { currentDeployment, prepare, startAnew } from "../instances/bring-up.ts";
import { causeOfDeath } from "../instances/cause-of-death.ts";
import { countDeath } from "../instances/count-death.ts";
import { revokeOwedDevices } from "../instances/revoke-devices.ts";
import { deathsWithThis, graceSeconds, isGivenUp } from "../instances/rules.ts";
import type { PhaseName } from "../instances/schema.ts";
import {
  fail,
  giveUp,
  isPhaseDone,
  runPhase,
  succeed,
  updateInstance,
  type Work,
} from "../instances/track-progress.ts";
import { requireUsable } from "../provisioner/choose-image.ts";
import type { WorkerSystem } from "../worker.ts";
import { copyState } from "./copy-state.ts";
import { fetchBackup } from "./fetch-backup.ts";
import { openBackup } from "./open-backup.ts";
import { beginBackup } from "./queries.ts";

/**
 * A restore puts the state of a backup in the place of what the instance has, an upgrade another image, and both see whether it comes
 * up with it. If it doesn't, state and image are what they were before. The command's error is written down before the way back
 * begins, so that a worker killed at any step goes on from there. Returns the milliseconds after which to try again, or null.
 */
export async function changeInstance(
  worker: WorkerSystem,
  work: Work,
  operation: Operation,
  signal: AbortSignal,
): Promise<number | null> {
  if (operation.error === null) {
    try {
      await change(worker, work, operation, signal);
      return null;
    } catch (error) {
      if (signal.aborted || !(error instanceof DomainError)) throw error;
      if (await deservesAnother(worker, work, error)) return countDeath(worker, work, "instance.ended");
      const { id, kind } = operation;
      worker.log.warn({ err: error, instanceId: work.instance.id, operationId: id }, `${kind} failed`);
      work.operation = await worker.db.operation.update({ where: { id }, data: { error: error.code } });
    }
  }
  return goBack(worker, work, operation, signal);
}

/** One that was ended from outside, such as with its engine, says nothing of what it was given; a few times. */
async function deservesAnother(worker: WorkerSystem, work: Work, error: DomainError): Promise<boolean> {
  if ((await causeOfDeath(worker, work, error)) !== "instance.ended") return false;
  return !isGivenUp(deathsWithThis(work.instance, worker.clock.now()));
}

/** The first phase, before which nothing was touched. */
const checkOf = ({ kind }: Operation): PhaseName => (kind === "restore" ? "check-backup" : "check-image");

async function change(
  worker: WorkerSystem,
  work: Work,
  asked: Operation,
  signal: AbortSignal,
): Promise<void> {
  const { id } = work.instance;
  const unlessDone = async (name: PhaseName, act: () => Promise<void>) => {
    signal.throwIfAborted();
    if (!(await isPhaseDone(worker, work, name))) await runPhase(worker, work, name, act);
  };
  const operation = await fetchBackup(worker, work, asked, signal);
  await unlessDone(checkOf(operation), () => check(worker, operation, signal));
  worker.chats.close(id);
  await unlessDone("stop-container", () => worker.engine.stop(id, graceSeconds));
  const sealed = await currentDeployment(worker, work);
  await unlessDone("keep-state", async () => {
    // It may have been taken away by hand: what is to be kept is in the volume.
    if (!(await worker.engine.inspect(id)).container) await prepare(worker, work, sealed, signal);
    await keepState(worker, work, operation, signal);
  });
  await replace(worker, work, operation);
  await startAnew(worker, work, sealed, signal);
  await revokeOwedDevices(worker, work, signal);
  await succeed(worker, work, "running");
}

/** To the very end of a backup. */
async function check(
  worker: WorkerSystem,
  { kind, backupId }: Operation,
  signal: AbortSignal,
): Promise<void> {
  if (kind === "upgrade") return requireUsable(worker.engine, worker.image.reference);
  if (!backupId) throw new DomainError("backup.missing");
  for await (const _chunk of await openBackup(worker, backupId, signal));
}

async function keepState(
  worker: WorkerSystem,
  { instance }: Work,
  { id, kind }: Operation,
  signal: AbortSignal,
): Promise<void> {
  const begun = await worker.db.instanceBackup.findUnique({ where: { id }, select: { id: true } });
  if (!begun)
    await beginBackup(worker.db, worker, {
      id,
      instanceId: instance.id,
      hostId: worker.secrets.hostId,
      kind: kind === "restore" ? "beforeRestore" : "beforeUpgrade",
    });
  await copyState(worker, id, signal);
}

/** It takes effect with the next container. */
async function replace(worker: WorkerSystem, work: Work, { kind, backupId }: Operation): Promise<void> {
  if (kind === "upgrade") {
    const { reference, version } = worker.image;
    return updateInstance(worker, work, { image: reference, version });
  }
  if (!(await isPhaseDone(worker, work, "replace-state")))
    // A device that lost its access has it in the state from before.
    await updateInstance(worker, work, { laysBackupId: backupId, revokesDevices: true });
}

async function goBack(
  worker: WorkerSystem,
  work: Work,
  operation: Operation,
  signal: AbortSignal,
): Promise<number | null> {
  const error = work.operation?.error;
  const code = isErrorCode(error) ? error : "internal";
  const status = operation.before === "running" ? "running" : "stopped";
  const state = { status, desired: status, reason: null } as const;
  if (!(await isPhaseDone(worker, work, checkOf(operation)))) {
    await giveUp(worker, work, code, state);
    return null;
  }
  worker.chats.close(work.instance.id);
  try {
    if (await isPhaseDone(worker, work, "keep-state")) await putBack(worker, work, operation);
    const sealed = await currentDeployment(worker, work);
    if (status === "running") await startAnew(worker, work, sealed, signal);
    else {
      await worker.engine.stop(work.instance.id, 0);
      await prepare(worker, work, sealed, signal);
    }
    await giveUp(worker, work, code, state);
  } catch (error) {
    if (signal.aborted || !(error instanceof DomainError)) throw error;
    if (await deservesAnother(worker, work, error)) return countDeath(worker, work, "instance.ended");
    await worker.engine.stop(work.instance.id, 0);
    await fail(worker, work, error.code);
  }
  return null;
}

/** What was kept: the state once, since it goes on from there. */
async function putBack(worker: WorkerSystem, work: Work, { id, revokesDevices }: Operation): Promise<void> {
  const { image, version } = await worker.db.instanceBackup.findUniqueOrThrow({ where: { id } });
  const laid = await isPhaseDone(worker, work, "roll-back");
  await updateInstance(worker, work, { image, version, revokesDevices, ...(!laid && { laysBackupId: id }) });
}
