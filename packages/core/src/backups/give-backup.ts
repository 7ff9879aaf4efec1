import { DomainError } from "../errors.ts";
import { unfinished } from "../instances/queries.ts";
import type { BackupGrant } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";
import { requireTrusted, sealGrant } from "./backup-grant.ts";
import { keyOf } from "./open-backup.ts";

/**
 * A backup of this host for another one, on which its owner has begun to restore it: the file as it is, and its key for that host alone.
 * Throws backup.missing unless it is so, and backup.elsewhere when the operator doesn't trust that host.
 */
export async function giveBackup(
  worker: WorkerSystem,
  operationId: string,
): Promise<{ grant: BackupGrant; file: AsyncIterable<Uint8Array> }> {
  const { db, secrets, clock } = worker;
  const operation = await db.operation.findFirst({
    where: { id: operationId, kind: "restore", ...unfinished },
    include: { instance: { include: { host: true } } },
  });
  const to = operation?.instance.host;
  if (!operation?.backupId || !to) throw new DomainError("backup.missing");
  const backup = await db.instanceBackup.findFirst({
    where: {
      id: operation.backupId,
      hostId: secrets.hostId,
      state: "ready",
      instance: { ownerId: operation.instance.ownerId },
    },
  });
  if (!backup) throw new DomainError("backup.missing");
  requireTrusted(worker, to.identityKey);
  const deployKey = await db.hostDeployKey.findFirst({
    where: { hostId: to.id, expiresAt: { gt: clock.now() } },
    orderBy: { createdAt: "desc" },
  });
  if (!deployKey) throw new DomainError("backup.elsewhere");

  const facts = { operationId, backupId: backup.id, from: secrets.hostId, to: to.id };
  const grant = await sealGrant(worker, facts, keyOf(worker, backup), {
    identityKey: to.identityKey,
    deployKey,
  });
  worker.log.info({ ...facts }, "a backup goes to another host");
  return { grant, file: worker.backups.sealed({ instanceId: backup.instanceId, backupId: backup.id }) };
}
