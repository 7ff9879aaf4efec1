import { DomainError, isErrorCode } from "../errors.ts";
import type { Operation } from "../generated/prisma/client.ts";
import { currentDeployment, prepare, startAnew } from "../instances/bring-up.ts";
import { revokeDevices } from "../instances/revoke-devices.ts";
import {
  fail,
  giveUp,
  isPhaseDone,
  runPhase,
  succeed,
  updateInstance,
  type Work,
} from "../instances/track-progress.ts";
import type { WorkerSystem } from "../worker.ts";
import { copyState } from "./copy-state.ts";
import { openBackup } from "./open-backup.ts";
import { beginBackup } from "./queries.ts";

const graceSeconds = 15;

/**
 * Puts the state of a backup in the place of what the instance has, and sees whether it comes up with it. If it doesn't, all is as it
 * was before. The command's error is written down before the way back begins, so that a worker killed at any step goes on from there.
 */
export async function restoreInstance(
  worker: WorkerSystem,
  work: Work,
  operation: Operation,
  signal: AbortSignal,
): Promise<void> {
  if (operation.error === null) {
    try {
      return await restore(worker, work, operation, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof DomainError)) throw error;
      worker.log.warn(
        { err: error, instanceId: work.instance.id, operationId: operation.id },
        "restore failed",
      );
      work.operation = await worker.db.operation.update({
        where: { id: operation.id },
        data: { error: error.code },
      });
    }
  }
  await goBack(worker, work, operation, signal);
}

async function restore(
  worker: WorkerSystem,
  work: Work,
  { id: operationId, backupId }: Operation,
  signal: AbortSignal,
): Promise<void> {
  const { id } = work.instance;
  if (!backupId) throw new DomainError("backup.missing");
  const unlessDone = async (
    name: "check-backup" | "stop-container" | "keep-state",
    act: () => Promise<void>,
  ) => {
    signal.throwIfAborted();
    if (!(await isPhaseDone(worker, work, name))) await runPhase(worker, work, name, act);
  };
  await unlessDone("check-backup", () => checkBackup(worker, backupId));
  worker.chats.close(id);
  await unlessDone("stop-container", () => worker.engine.stop(id, graceSeconds));
  const sealed = await currentDeployment(worker, work);
  await unlessDone("keep-state", async () => {
    // It may have been taken away by hand: what is to be kept is in the volume.
    if (!(await worker.engine.inspect(id)).container) await prepare(worker, work, sealed, signal);
    await keepState(worker, work, operationId, signal);
  });
  if (!(await isPhaseDone(worker, work, "replace-state")))
    await updateInstance(worker, work, { laysBackupId: backupId });
  await startAnew(worker, work, sealed, signal);
  // One that lost its access has it in the state from before.
  await runPhase(worker, work, "revoke-devices", () => revokeDevices(worker, id));
  await succeed(worker, work, "running");
}

/** To its very end, before anything is touched. */
async function checkBackup(worker: WorkerSystem, backupId: string): Promise<void> {
  for await (const _chunk of await openBackup(worker, backupId));
}

async function keepState(
  worker: WorkerSystem,
  { instance }: Work,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const begun = await worker.db.instanceBackup.findUnique({ where: { id }, select: { id: true } });
  const { hostId } = worker.secrets;
  if (!begun)
    await beginBackup(worker.db, worker, { id, instanceId: instance.id, hostId, kind: "beforeRestore" });
  await copyState(worker, id, signal);
}

async function goBack(
  worker: WorkerSystem,
  work: Work,
  { id: operationId, before }: Operation,
  signal: AbortSignal,
): Promise<void> {
  const error = work.operation?.error;
  const code = isErrorCode(error) ? error : "internal";
  const status = before === "running" ? "running" : "stopped";
  const state = { status, desired: status, reason: null } as const;
  if (!(await isPhaseDone(worker, work, "check-backup"))) return giveUp(worker, work, code, state);
  worker.chats.close(work.instance.id);
  try {
    const replaced = await isPhaseDone(worker, work, "keep-state");
    if (replaced && !(await isPhaseDone(worker, work, "roll-back")))
      await updateInstance(worker, work, { laysBackupId: operationId });
    const sealed = await currentDeployment(worker, work);
    if (status === "running") await startAnew(worker, work, sealed, signal);
    else {
      await worker.engine.stop(work.instance.id, 0);
      await prepare(worker, work, sealed, signal);
    }
    await giveUp(worker, work, code, state);
  } catch (error) {
    if (signal.aborted || !(error instanceof DomainError)) throw error;
    await worker.engine.stop(work.instance.id, 0);
    await fail(worker, work, error.code);
  }
}
