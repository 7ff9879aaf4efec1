import type { WorkerSystem } from "../worker.ts";
import { isDiskFull, mayMakeRoom } from "./rules.ts";
import { fail } from "./track-progress.ts";

/** Stops every instance that has used up its room, and says so to its owner. Returns those that are to be taken down. */
export async function watchDisks(worker: WorkerSystem): Promise<string[]> {
  const quota = worker.config.INSTANCE_DISK_MB * 1024 ** 2;
  const uses = await worker.engine.disks();
  worker.meter.noteDisks(uses);
  const full = uses.filter((use) => isDiskFull(use, quota));
  if (full.length === 0) return [];
  const instances = await worker.db.instance.findMany({
    where: {
      id: { in: full.map(({ instanceId }) => instanceId) },
      hostId: worker.secrets.hostId,
      status: "running",
      desired: "running",
    },
    include: { operations: { orderBy: { sequence: "desc" }, take: 1 } },
  });
  const now = worker.clock.now();
  const stopped: string[] = [];
  for (const { operations, ...instance } of instances) {
    const use = full.find(({ instanceId }) => instanceId === instance.id);
    if (use && mayMakeRoom(use, quota, operations[0]?.finishedAt, now)) continue;
    worker.log.warn({ instanceId: instance.id }, "instance has used up its disk");
    await fail(worker, { instance, operation: null }, "instance.disk-full");
    stopped.push(instance.id);
  }
  return stopped;
}
