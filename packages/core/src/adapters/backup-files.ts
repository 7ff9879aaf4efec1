import { createHash } from "node:crypto";
import { constants, createReadStream, createWriteStream } from "node:fs";
import {
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  writeFile,
} from "node:fs/promises";
import { basename, join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { InvalidEnvironment } from "../config.ts";
import type { BackupFiles, BackupPlace } from "../ports.ts";
import { openChunks, sealChunks } from "./sealed-chunks.ts";

const ownerFile = "host";
const ending = ".backup";
const draftEnding = ".draft";

/** What nobody's row names is removed from the folder, so it is one host's for good. Throws InvalidEnvironment when it is another's. */
export async function claimBackupFolder(folder: string, hostId: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `${ownerFile}.${hostId}`);
  await writeFile(draft, hostId, { mode: 0o600 });
  const taken = ({ code }: NodeJS.ErrnoException) => code === "EEXIST";
  await link(draft, join(folder, ownerFile))
    .catch(async (error) => {
      // Some file systems know no links.
      if (!taken(error)) await copyFile(draft, join(folder, ownerFile), constants.COPYFILE_EXCL);
    })
    .catch((error) => {
      if (!taken(error)) throw error;
    });
  await rm(draft);
  const owner = await readFile(join(folder, ownerFile), "utf8");
  if (owner !== hostId)
    throw new InvalidEnvironment(
      `BACKUP_FOLDER: ${folder} holds the backups of another host (${owner}; this one is ${hostId}). Give each host a folder of its own.`,
    );
}

/** Compressed, then sealed, in `<folder>/<instance>/<backup>.backup`, mode 0600. Bounded memory, however long a backup is. */
export function backupFilesIn(folder: string): BackupFiles {
  const folderOf = (instanceId: string) => join(folder, instanceId);
  const fileOf = ({ instanceId, backupId }: BackupPlace) =>
    join(folderOf(instanceId), `${backupId}${ending}`);
  /** Bound to the content: a file that was moved to another's place doesn't open. */
  const contextOf = ({ instanceId, backupId }: BackupPlace) =>
    `InstanceBackup|file|${instanceId}|${backupId}`;

  function unseal(place: BackupPlace, key: Uint8Array, file: AsyncIterable<Uint8Array>): Readable {
    const content = new PassThrough();
    pipeline(
      file,
      (sealed: AsyncIterable<Uint8Array>) => openChunks(key, contextOf(place), sealed),
      createGunzip(),
      content,
    ).catch((error) => content.destroy(error));
    return content;
  }

  return {
    write: async (place, key, content, signal) => {
      await mkdir(folderOf(place.instanceId), { recursive: true, mode: 0o700 });
      const draft = `${fileOf(place)}${draftEnding}`;
      const hash = createHash("sha256");
      await pipeline(
        content,
        // An assistant stands still meanwhile: speed counts.
        createGzip({ level: 1 }),
        (compressed: AsyncIterable<Uint8Array>) => sealChunks(key, contextOf(place), compressed),
        async function* (sealed: AsyncIterable<Uint8Array>) {
          for await (const chunk of sealed) {
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(draft, { mode: 0o600, flush: true }),
        { signal },
      );
      await rename(draft, fileOf(place));
      return { sizeBytes: (await stat(fileOf(place))).size, sha256: hash.digest("hex") };
    },
    read: (place, key) => unseal(place, key, createReadStream(fileOf(place))),
    sealed: (place) => createReadStream(fileOf(place)),
    unseal,
    remove: async (place) => {
      for (const path of [fileOf(place), `${fileOf(place)}${draftEnding}`]) await rm(path, { force: true });
    },
    removeAll: (instanceId) => rm(folderOf(instanceId), { recursive: true, force: true }),
    list: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const found: BackupPlace[] = [];
      for (const entry of await readdir(folder, { withFileTypes: true }))
        if (entry.isDirectory())
          for (const name of await readdir(folderOf(entry.name)))
            found.push({ instanceId: entry.name, backupId: basename(basename(name, draftEnding), ending) });
      return found;
    },
    freeBytes: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}
