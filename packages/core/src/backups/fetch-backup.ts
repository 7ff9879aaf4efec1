import { DomainError } from "../errors.ts";
import type { InstanceBackup, Operation } from "../generated/prisma/client.ts";
import { isPhaseDone, runPhase, type Work } from "../instances/track-progress.ts";
import type { WorkerSystem } from "../worker.ts";
import { openGrant, requireTrusted } from "./backup-grant.ts";
import { boundArchive, leaveReserve, longestArchive } from "./bound-archive.ts";
import { sealKey } from "./open-backup.ts";
import { reserveBytes } from "./rules.ts";

/**
 * Brings the backup of a restore here, if it lies on another host: from then on the restore is of this copy, which belongs to the
 * instance that gets it. Repeated after a crash it begins anew.
 */
export async function fetchBackup(
  worker: WorkerSystem,
  work: Work,
  operation: Operation,
  signal: AbortSignal,
): Promise<Operation> {
  const { db, secrets } = worker;
  if (!operation.backupId) return operation;
  const backup = await db.instanceBackup.findUnique({ where: { id: operation.backupId } });
  if (!backup || backup.hostId === secrets.hostId || (await isPhaseDone(worker, work, "fetch-backup")))
    return operation;
  await runPhase(worker, work, "fetch-backup", () => bring(worker, work, { operation, backup }, signal));
  return db.operation.findUniqueOrThrow({ where: { id: operation.id } });
}

type Wish = { operation: Operation; backup: InstanceBackup };

async function bring(
  worker: WorkerSystem,
  { instance }: Work,
  { operation, backup }: Wish,
  signal: AbortSignal,
): Promise<void> {
  const { db, secrets, backups, peers, random } = worker;
  const from = await db.host.findUnique({ where: { id: backup.hostId } });
  if (!from) throw new DomainError("backup.elsewhere");
  requireTrusted(worker, from.identityKey);
  if ((await backups.freeBytes()) < reserveBytes + Number(backup.sizeBytes ?? 0))
    throw new DomainError("backup.no-room");
  const longest = await longestArchive(worker, instance.id);
  const { grant, file } = await peers.fetchBackup(from.internalUrl, operation.id, signal);
  const facts = { operationId: operation.id, backupId: backup.id, from: from.id, to: secrets.hostId };
  const theirKey = await openGrant(worker, facts, grant, from.identityKey);

  const copyId = await beginCopy(worker, instance.id, backup);
  const place = { instanceId: instance.id, backupId: copyId };
  const key = random.bytes(32);
  const original = { instanceId: backup.instanceId, backupId: backup.id };
  const content = boundArchive(longest, backups.unseal(original, theirKey, file), signal);
  const written = await backups
    .write(place, key, leaveReserve(backups, content), signal)
    .catch(async (cause) => {
      await backups.remove(place);
      signal.throwIfAborted();
      await db.instanceBackup.update({ where: { id: copyId }, data: { state: "failed" } });
      if (cause instanceof DomainError) throw cause;
      throw new DomainError("backup.unreadable", {}, { cause });
    });
  await db.$transaction([
    db.instanceBackup.update({
      where: { id: copyId },
      data: {
        state: "ready",
        ...written,
        key: sealKey(worker, copyId, key),
      },
    }),
    db.operation.update({ where: { id: operation.id }, data: { backupId: copyId } }),
  ]);
}

/** The row comes before the file; after a crash there is one already, perhaps of a restore that another command broke off. */
async function beginCopy(worker: WorkerSystem, instanceId: string, backup: InstanceBackup): Promise<string> {
  const { db, secrets, random } = worker;
  const { image, version, createdAt, expiresAt } = backup;
  const ofOriginal = { image, version, createdAt, expiresAt };
  const begun = await db.instanceBackup.findFirst({ where: { instanceId, kind: "moved", state: "making" } });
  const { id } = begun
    ? await db.instanceBackup.update({ where: { id: begun.id }, data: ofOriginal })
    : await db.instanceBackup.create({
        data: {
          id: random.uuid(),
          instanceId,
          hostId: secrets.hostId,
          kind: "moved",
          state: "making",
          ...ofOriginal,
        },
      });
  return id;
}
