import { DomainError } from "../errors.ts";
import type { InstanceBackup } from "../generated/prisma/client.ts";
import type { WorkerSystem } from "../worker.ts";
import { boundArchive, longestArchive } from "./bound-archive.ts";
import { cleanArchive } from "./clean-archive.ts";

const keyContext = (backupId: string) => `InstanceBackup|key|${backupId}`;

/** The key of a backup as its row holds it: only this host can read it. */
export const sealKey = (
  { secrets }: WorkerSystem,
  backupId: string,
  key: Uint8Array,
): Uint8Array<ArrayBuffer> =>
  secrets.sealForDatabase(keyContext(backupId), Buffer.from(key).toString("base64url"));

/** The key of a backup of this host. Throws backup.missing unless it is whole. */
export function keyOf({ secrets }: WorkerSystem, backup: InstanceBackup): Uint8Array {
  if (!backup.key || backup.state !== "ready") throw new DomainError("backup.missing");
  return Buffer.from(secrets.openFromDatabase(keyContext(backup.id), backup.key), "base64url");
}

/** The archive in a backup of this host. Reading it fails with backup.unreadable unless it is, to its end, what was written. */
export async function openBackup(
  worker: WorkerSystem,
  backupId: string,
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const backup = await worker.db.instanceBackup.findUnique({ where: { id: backupId } });
  if (!backup) throw new DomainError("backup.missing");
  if (backup.hostId !== worker.secrets.hostId) throw new DomainError("backup.elsewhere");
  const key = keyOf(worker, backup);
  const longest = await longestArchive(worker, backup.instanceId);
  const open = () => worker.backups.read({ instanceId: backup.instanceId, backupId }, key);
  return readable(longest, open, signal);
}

/** Opened by whoever begins to read: what nobody begins, nobody would close. */
async function* readable(
  longest: number,
  open: () => AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* cleanArchive(boundArchive(longest, open(), signal));
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof DomainError) throw cause;
    throw new DomainError("backup.unreadable", {}, { cause });
  }
}
