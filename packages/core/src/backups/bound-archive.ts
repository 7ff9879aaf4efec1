import { DomainError } from "../errors.ts";
import type { BackupFiles } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";
import { reserveBytes } from "./rules.ts";

/** Times the room: what really fills it stays below, with the headers of all its files. */
const mostOfRoom = 2;
/** Of an archive between two looks at the disk that it is written to. */
const unaskedBytes = 64 * 1024 ** 2;

/** Bytes that an archive of the instance's state may be long. One that was made larger, or that only shares a disk, has its own measure. */
export async function longestArchive(
  { config, engine }: Pick<WorkerSystem, "config" | "engine">,
  instanceId: string,
): Promise<number> {
  const use = (await engine.disks()).find((candidate) => candidate.instanceId === instanceId);
  return mostOfRoom * Math.max(config.INSTANCE_DISK_MB * 1024 ** 2, use?.sizeBytes ?? use?.usedBytes ?? 0);
}

/**
 * The archive of a state, as far as it may be long. A file may have holes, which take up no room on the assistant's disk, and an
 * archive writes them out: it could go on for terabytes. Throws backup.too-large, and whatever the signal was aborted with.
 */
export async function* boundArchive(
  longest: number,
  archive: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let left = longest;
  for await (const chunk of archive) {
    signal?.throwIfAborted();
    left -= chunk.length;
    if (left < 0) throw new DomainError("backup.too-large");
    yield chunk;
  }
}

/** The archive, while writing it leaves free what is to stay free: others write there too, the database among them. Throws backup.no-room. */
export async function* leaveReserve(
  backups: BackupFiles,
  archive: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let left = 0;
  for await (const chunk of archive) {
    if (left <= 0) {
      if ((await backups.freeBytes()) < reserveBytes) throw new DomainError("backup.no-room");
      left = unaskedBytes;
    }
    left -= chunk.length;
    yield chunk;
  }
}
