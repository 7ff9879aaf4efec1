import type { WorkerSystem } from "../worker.ts";

/** What a browser sealed stays in the database for ten minutes at the most, whatever became of it. */
export async function expireDeployments(worker: WorkerSystem): Promise<void> {
  await worker.db.deployment.updateMany({
    where: { expiresAt: { lt: worker.clock.now() }, sealed: { not: null } },
    data: { sealed: null },
  });
}
