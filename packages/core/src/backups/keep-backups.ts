import { announceInstance } from "../instances/announce-instance.ts";
import { lockInstance, openOperation, unfinished } from "../instances/queries.ts";
import { upkeepKinds } from "../instances/rules.ts";
import type { WorkerSystem } from "../worker.ts";
import { beginBackup } from "./queries.ts";
import { isDue, superfluous } from "./rules.ts";

const hourMs = 3_600_000;

/** Begins the backups whose turn it is, and takes away those that are too old or nobody's. For every host, again and again. */
export async function keepBackups(worker: WorkerSystem): Promise<void> {
  await beginDue(worker);
  await expire(worker);
  await sweep(worker);
}

/** Of everything that runs: what is stopped doesn't change. */
async function beginDue(worker: WorkerSystem): Promise<void> {
  const { db, clock, secrets } = worker;
  const now = clock.now();
  const running = await db.instance.findMany({
    where: {
      hostId: secrets.hostId,
      desired: "running",
      status: "running",
      operations: { none: unfinished },
    },
    select: {
      id: true,
      createdAt: true,
      backups: { where: { kind: "scheduled" }, orderBy: { createdAt: "desc" }, take: 1 },
    },
  });
  for (const { id, createdAt, backups } of running)
    if (isDue(id, backups[0]?.createdAt ?? createdAt, now)) await begin(worker, id);
}

/** Unless a command came first: none is broken off for it. */
async function begin(worker: WorkerSystem, instanceId: string): Promise<void> {
  const { hostId } = worker.secrets;
  await worker.db.$transaction(async (tx) => {
    await lockInstance(tx, instanceId);
    if (await openOperation(tx, instanceId)) return;
    const { generation } = await tx.instance.findUniqueOrThrow({ where: { id: instanceId } });
    const id = worker.random.uuid();
    const createdAt = worker.clock.now();
    await tx.operation.create({
      data: { id, instanceId, kind: "backup", state: "queued", generation, createdAt },
    });
    await beginBackup(tx, worker, { id, instanceId, hostId, kind: "scheduled" });
    await worker.jobs.enqueue(tx, "converge", { hostId, instanceId });
    await announceInstance(tx, instanceId);
  });
}

async function expire(worker: WorkerSystem): Promise<void> {
  const { db, clock, secrets } = worker;
  const { hostId } = secrets;
  const inUse = await idsInUse(worker);
  const longAgo = new Date(clock.now().getTime() - hourMs);
  await db.instanceBackup.updateMany({
    where: { hostId, state: "making", createdAt: { lte: longAgo }, id: { notIn: inUse } },
    data: { state: "failed" },
  });
  await db.instanceBackup.deleteMany({
    where: { hostId, expiresAt: { lte: clock.now() }, id: { notIn: inUse } },
  });
  const kept = await db.instanceBackup.groupBy({
    by: ["instanceId"],
    where: { hostId, kind: { in: ["beforeRestore", "beforeUpgrade"] } },
  });
  for (const { instanceId } of kept) {
    const backups = await db.instanceBackup.findMany({
      where: { instanceId, id: { notIn: inUse } },
      orderBy: { createdAt: "desc" },
      select: { id: true, kind: true },
    });
    await db.instanceBackup.deleteMany({ where: { id: { in: superfluous(backups) } } });
  }
}

/** Being made, being laid, or what a restore that is under way may still need: here, or on another host that asks for it. */
async function idsInUse({ db, secrets }: WorkerSystem): Promise<string[]> {
  const { hostId } = secrets;
  const operations = await db.operation.findMany({
    where: { ...unfinished, kind: { in: upkeepKinds } },
    select: { id: true, backupId: true },
  });
  const coming = await db.instanceBackup.findMany({
    where: { hostId, kind: "moved", state: "making", instance: { operations: { some: unfinished } } },
    select: { id: true },
  });
  const laying = await db.instance.findMany({
    where: { hostId, laysBackupId: { not: null } },
    select: { laysBackupId: true },
  });
  const ids = [
    ...operations.flatMap(({ id, backupId }) => [id, backupId]),
    ...coming.map(({ id }) => id),
    ...laying.map(({ laysBackupId }) => laysBackupId),
  ];
  return ids.filter((id) => id !== null);
}

/** Files come first: one that appears meanwhile has its row already. */
async function sweep({ db, backups, secrets }: WorkerSystem): Promise<void> {
  const places = await backups.list();
  const rows = await db.instanceBackup.findMany({
    where: { hostId: secrets.hostId, state: { not: "failed" } },
    select: { id: true },
  });
  // A database that knows no assistant here is a new one, while the old one is being put back.
  if (rows.length === 0 && (await db.instance.count({ where: { hostId: secrets.hostId } })) === 0) return;
  const known = new Set(rows.map(({ id }) => id));
  for (const place of places) if (!known.has(place.backupId)) await backups.remove(place);
}
