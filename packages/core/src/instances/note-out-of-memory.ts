import type { WorkerSystem } from "../worker.ts";
import { announceInstance } from "./announce-instance.ts";
import { calmMs } from "./rules.ts";

/** Of an instance that goes on running its owner reads it at once; when it dies of that, its death is understood. */
export async function noteOutOfMemory(worker: WorkerSystem, instanceId: string, at: Date): Promise<void> {
  await worker.db.$transaction(async (tx) => {
    await tx.instance.updateMany({ where: { id: instanceId }, data: { outOfMemoryAt: at } });
    await tx.instance.updateMany({
      where: { id: instanceId, status: "running" },
      data: { reason: "instance.out-of-memory", updatedAt: worker.clock.now() },
    });
    await announceInstance(tx, instanceId);
  });
}

/** After a while it is no news any more. */
export async function forgetOutOfMemory(worker: WorkerSystem): Promise<void> {
  await worker.db.instance.updateMany({
    where: {
      hostId: worker.secrets.hostId,
      status: "running",
      reason: "instance.out-of-memory",
      outOfMemoryAt: { lt: new Date(worker.clock.now().getTime() - calmMs) },
    },
    data: { reason: null },
  });
}
