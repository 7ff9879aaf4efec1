import { DomainError } from "../errors.ts";
import type { WorkerSystem } from "../worker.ts";
import { cleanArchive } from "./clean-archive.ts";

export const keyContext = (backupId: string) => `InstanceBackup|key|${backupId}`;

/** The archive in a backup of this host. Reading it fails with backup.unreadable unless it is, to its end, what was written. */
export async function openBackup(worker: WorkerSystem, backupId: string): Promise<AsyncIterable<Uint8Array>> {
  const { db, secrets } = worker;
  const backup = await db.instanceBackup.findUnique({ where: { id: backupId } });
  if (!backup?.key || backup.state !== "ready") throw new DomainError("backup.missing");
  if (backup.hostId !== secrets.hostId) throw new DomainError("backup.elsewhere");
  const key = Buffer.from(secrets.openFromDatabase(keyContext(backupId), backup.key), "base64url");
  return readable(worker.backups.read({ instanceId: backup.instanceId, backupId }, key));
}

async function* readable(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* cleanArchive(content);
  } catch (cause) {
    throw new DomainError("backup.unreadable", {}, { cause });
  }
}
