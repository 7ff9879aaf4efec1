import { randomBytes } from "node:crypto";
import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { BackupPlace } from "../ports.ts";
import { backupFilesIn, claimBackupFolder } from "./backup-files.ts";
import { systemRandom } from "./random.ts";

const folder = await mkdtemp(join(tmpdir(), "backups-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const files = backupFilesIn(folder);
const patience = new AbortController().signal;

const chunk = 64 * 1024 + 16;
const magic = 4;
/** What gzip can't make shorter, over several chunks. */
const content = Buffer.concat([Buffer.from("canary-9d1e"), randomBytes(300_000)]);
let place: BackupPlace;
let key: Uint8Array;
let path: string;

beforeEach(async () => {
  place = { instanceId: systemRandom.uuid(), backupId: systemRandom.uuid() };
  key = randomBytes(32);
  path = join(folder, place.instanceId, `${place.backupId}.backup`);
  await files.write(place, key, Readable.from([content]), patience);
});

const read = (from: BackupPlace = place, by: Uint8Array = key) => buffer(files.read(from, by));

test("a folder of backups stays the first host's: another one, which would remove what it doesn't know, is refused", async () => {
  const shared = await mkdtemp(join(tmpdir(), "shared-backups-"));
  try {
    const hosts = [systemRandom.uuid(), systemRandom.uuid()];
    const claims = await Promise.allSettled(hosts.map((host) => claimBackupFolder(shared, host)));
    const owner = hosts[claims.findIndex(({ status }) => status === "fulfilled")] ?? "";
    expect(claims.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await claimBackupFolder(shared, owner);
    await expect(claimBackupFolder(shared, systemRandom.uuid())).rejects.toThrow(
      /^BACKUP_FOLDER: .* holds the backups of another host/,
    );
    expect(await readdir(shared)).toEqual(["host"]);
    expect(await backupFilesIn(shared).list()).toEqual([]);
  } finally {
    await rm(shared, { recursive: true, force: true });
  }
});

describe("a backup file", () => {
  test.each([0, 1, 65_536, 65_537, 200_000])(
    "B3: of %d bytes gives back what was written",
    async (length) => {
      const bytes = randomBytes(length);
      const written = await files.write(place, key, Readable.from([bytes]), patience);
      expect((await read()).equals(bytes)).toBe(true);
      expect((await readFile(path)).length).toBe(written.sizeBytes);
    },
  );

  test("E4: holds nothing in clear", async () => {
    const stored = await readFile(path);
    expect(stored.includes("canary-9d1e")).toBe(false);
    expect(stored.includes(content.subarray(1000, 1032))).toBe(false);
  });

  test("that another key, another backup or another instance sealed is refused", async () => {
    await expect(read(place, randomBytes(32))).rejects.toThrow();
    for (const other of [
      { ...place, backupId: systemRandom.uuid() },
      { instanceId: systemRandom.uuid(), backupId: place.backupId },
    ]) {
      await files.write(other, randomBytes(32), Readable.from(["x"]), patience);
      await copyFile(path, join(folder, other.instanceId, `${other.backupId}.backup`));
      await expect(read(other)).rejects.toThrow();
    }
  });

  const damages: Record<string, (stored: Buffer) => Buffer> = {
    "a changed byte": (stored) => {
      const changed = Buffer.from(stored);
      changed[magic + chunk + 100] = (changed[magic + chunk + 100] ?? 0) ^ 1;
      return changed;
    },
    "chunks in another order": (stored) =>
      Buffer.concat([
        stored.subarray(0, magic),
        stored.subarray(magic + chunk, magic + 2 * chunk),
        stored.subarray(magic, magic + chunk),
        stored.subarray(magic + 2 * chunk),
      ]),
    "a chunk left out": (stored) =>
      Buffer.concat([stored.subarray(0, magic + chunk), stored.subarray(magic + 2 * chunk)]),
    "the last chunk cut off": (stored) => stored.subarray(0, magic + 4 * chunk),
    "all chunks cut off": (stored) => stored.subarray(0, magic),
    "nothing in it": () => Buffer.alloc(0),
    "something behind its end": (stored) => Buffer.concat([stored, stored.subarray(magic)]),
    "another beginning": (stored) => Buffer.concat([Buffer.from("XXXX"), stored.subarray(magic)]),
  };
  test.each(Object.keys(damages))("with %s is refused", async (name) => {
    const stored = await readFile(path);
    await writeFile(path, damages[name]?.(stored) ?? "");
    await expect(read()).rejects.toThrow();
  });

  test("that is cut off at any length is refused", async () => {
    const { length } = await readFile(path);
    for (const end of [length - 1, length - 16, length - 5000, chunk]) {
      await truncate(path, end);
      await expect(read()).rejects.toThrow();
    }
    await appendFile(path, "x");
    await expect(read()).rejects.toThrow();
  });

  test("appears when it is whole: one whose source fails leaves what was there", async () => {
    const before = await readFile(path);
    async function* failing() {
      yield randomBytes(200_000);
      throw new Error("the engine went away");
    }
    await expect(files.write(place, randomBytes(32), Readable.from(failing()), patience)).rejects.toThrow(
      "the engine went away",
    );
    expect(await readFile(path)).toEqual(before);
    await files.remove(place);
    expect(await readdir(join(folder, place.instanceId))).toEqual([]);
  });
});
