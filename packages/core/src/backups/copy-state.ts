import { DomainError } from "../errors.ts";
import { TransientFailure } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";
import { boundArchive, leaveReserve, longestArchive } from "./bound-archive.ts";
import { cleanArchive } from "./clean-archive.ts";
import { sealKey } from "./open-backup.ts";

/**
 * Writes the state of an instance into the file of a backup that was begun. Repeated after a crash it begins anew, under another key;
 * a backup that is ready stays as it is.
 */
export async function copyState(worker: WorkerSystem, backupId: string, signal: AbortSignal): Promise<void> {
  const { db, backups, engine } = worker;
  const { instanceId, state } = await db.instanceBackup.findUniqueOrThrow({ where: { id: backupId } });
  if (state === "ready") return;
  const longest = await longestArchive(worker, instanceId);
  const place = { instanceId, backupId };
  const key = worker.random.bytes(32);
  const archive = cleanArchive(boundArchive(longest, engine.readState(instanceId), signal));
  const written = await backups
    .write(place, key, leaveReserve(backups, archive), signal)
    .catch(async (cause) => {
      await backups.remove(place);
      signal.throwIfAborted();
      if (cause instanceof TransientFailure || cause instanceof DomainError) throw cause;
      // An engine that is away comes back.
      await engine.ping();
      throw new DomainError("backup.failed", {}, { cause });
    });
  await db.instanceBackup.update({
    where: { id: backupId },
    data: {
      state: "ready",
      ...written,
      key: sealKey(worker, backupId, key),
    },
  });
}
