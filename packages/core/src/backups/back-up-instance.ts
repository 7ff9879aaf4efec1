import { DomainError } from "../errors.ts";
import type { Operation } from "../generated/prisma/client.ts";
import { giveUp, runPhase, succeed, type Work } from "../instances/track-progress.ts";
import type { WorkerSystem } from "../worker.ts";
import { copyState } from "./copy-state.ts";

/** The instance goes on as it was, however it ends. */
export async function backUpInstance(
  worker: WorkerSystem,
  work: Work,
  { id }: Operation,
  signal: AbortSignal,
): Promise<void> {
  const { instance } = work;
  try {
    await runPhase(worker, work, "copy-state", () => copyState(worker, id, signal));
    await succeed(worker, work, instance.status, instance.reason);
  } catch (error) {
    if (signal.aborted || !(error instanceof DomainError)) throw error;
    worker.log.error({ err: error, instanceId: instance.id }, "backup failed");
    await worker.db.instanceBackup.update({ where: { id }, data: { state: "failed" } });
    await giveUp(worker, work, error.code, instance);
  }
}
