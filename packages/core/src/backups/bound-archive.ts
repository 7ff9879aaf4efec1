import { DomainError } from "../errors.ts";
import type { WorkerSystem } from "../worker.ts";

/** Times the disk: what really fills one stays below, with the headers of all its files. */
const mostOfDisk = 2;

/**
 * The archive of a state, as far as it may be long. A file may have holes, which take up no room on the assistant's disk, and an
 * archive writes them out: it could go on for terabytes. Throws backup.too-large.
 */
export async function* boundArchive(
  { config }: Pick<WorkerSystem, "config">,
  archive: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let left = mostOfDisk * config.INSTANCE_DISK_MB * 1024 ** 2;
  for await (const chunk of archive) {
    left -= chunk.length;
    if (left < 0) throw new DomainError("backup.too-large");
    yield chunk;
  }
}
