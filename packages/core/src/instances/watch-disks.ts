import type { WorkerSystem } from "../worker.ts";
import { openOperation, unfinished } from "./queries.ts";
import { isDiskFull, mayMakeRoom, upkeepKinds } from "./rules.ts";
import { fail } from "./track-progress.ts";

/** Stops every instance that has used up its room, and says so to its owner. Returns those that are to be taken down. */
export async function watchDisks(worker: WorkerSystem): Promise<string[]> {
  const quota = worker.config.INSTANCE_DISK_MB * 1024 ** 2;
  const measuredAt = worker.clock.now();
  const uses = await worker.engine.disks();
  worker.meter.noteDisks(uses);
  const full = uses.filter((use) => isDiskFull(use, quota));
  if (full.length === 0) return [];
  const instances = await worker.db.instance.findMany({
    where: {
      id: { in: full.map(({ instanceId }) => instanceId) },
      hostId: worker.secrets.hostId,
      status: { in: ["running", "starting"] },
      desired: "running",
      // What its upkeep leaves behind is measured then.
      operations: { none: { ...unfinished, kind: { in: upkeepKinds } } },
    },
    include: { operations: { orderBy: { sequence: "desc" }, take: 1 } },
  });
  const now = worker.clock.now();
  const stopped: string[] = [];
  for (const { operations, ...instance } of instances) {
    const [last] = operations;
    const use = full.find(({ instanceId }) => instanceId === instance.id);
    if (use && mayMakeRoom(use, quota, last?.finishedAt ?? last?.createdAt, now)) continue;
    if (instance.status === "starting" && !(await ranAt(worker, instance.id, measuredAt))) continue;
    worker.log.warn({ instanceId: instance.id }, "instance has used up its disk");
    const operation = await openOperation(worker.db, instance.id);
    await fail(worker, { instance, operation }, "instance.disk-full");
    stopped.push(instance.id);
  }
  return stopped;
}

/** What waits for its start writes nothing. */
async function ranAt({ engine }: WorkerSystem, instanceId: string, time: Date): Promise<boolean> {
  const { container } = await engine.inspect(instanceId);
  return container?.state === "running" && !!container.startedAt && container.startedAt < time;
}
