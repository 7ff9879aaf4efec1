import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { extract, type Header, pack } from "tar-stream";
import { describe, expect, test } from "vitest";
import { cleanArchive } from "./clean-archive.ts";

type Entry = Partial<Header> & { name: string; content?: string };

function archiveOf(entries: Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of entries) archive.entry(header, content ?? "");
  archive.finalize();
  return buffer(archive);
}

/** Each entry that is left, as `name type → link: content`. */
async function cleaned(entries: Entry[]): Promise<Record<string, Header & { content: string }>> {
  const given = extract();
  const reading = pipeline(Readable.from(cleanArchive(Readable.from([await archiveOf(entries)]))), given);
  const left: Record<string, Header & { content: string }> = {};
  for await (const entry of given)
    left[entry.header.name] = { ...entry.header, content: (await buffer(entry)).toString() };
  await reading;
  return left;
}

const names = async (entries: Entry[]) => Object.keys(await cleaned(entries));

describe("an archive of a state folder", () => {
  test("keeps files, folders and links, and nothing but their rights for their owner's user", async () => {
    const left = await cleaned([
      { name: "./", type: "directory" },
      { name: "./workspace/", type: "directory", mode: 0o700 },
      { name: "./workspace/notes.md", mode: 0o104755, uid: 0, gid: 0, content: "remembered" },
      { name: "./workspace/latest", type: "symlink", linkname: "notes.md" },
      { name: "./plugin", type: "symlink", linkname: "/opt/openclaw" },
      { name: "./workspace/same", type: "link", linkname: "./workspace/notes.md" },
    ]);
    expect(Object.keys(left)).toEqual([
      "workspace",
      "workspace/notes.md",
      "workspace/latest",
      "plugin",
      "workspace/same",
    ]);
    expect(left["workspace/notes.md"]).toMatchObject({
      content: "remembered",
      mode: 0o755,
      uid: 1000,
      gid: 1000,
    });
    expect(left["workspace/same"]).toMatchObject({ type: "link", linkname: "workspace/notes.md" });
  });

  test("E4: is without the configuration, its copies and what comes again by itself", async () => {
    const configuration = ["openclaw.json", "openclaw.json.bak", "openclaw.json.last-good", ".incoming/0"];
    const caches = ["cache/compile/x", "tmp/plugin-captures/y"];
    const kept = ["workspace/openclaw.json", "workspace/cache/z", "state/openclaw.sqlite"];
    const entries = [...configuration, ...caches, ...kept].map((name) => ({
      name: `./${name}`,
      content: "x",
    }));
    const link: Entry = { name: "./copy", type: "link", linkname: "./openclaw.json" };
    expect(await names([...entries, link])).toEqual(kept);
  });

  test.each<[string, Entry]>([
    ["an absolute name", { name: "/etc/passwd", content: "x" }],
    ["a name that climbs", { name: "a/../../etc/passwd", content: "x" }],
    ["a name that climbs at once", { name: "../etc/passwd", content: "x" }],
    ["a link that climbs", { name: "a/b", type: "symlink", linkname: "../../../etc" }],
    ["a hard link to what is no file of it", { name: "a", type: "link", linkname: "/etc/shadow" }],
    ["a hard link that climbs", { name: "a", type: "link", linkname: "../../etc/shadow" }],
    ["a block device", { name: "sda", type: "block-device", devmajor: 8, devminor: 0 }],
    ["a character device", { name: "mem", type: "character-device", devmajor: 1, devminor: 1 }],
    ["a pipe", { name: "pipe", type: "fifo" }],
  ])("I1: is without %s", async (_what, entry) => {
    expect(await names([entry, { name: "kept", content: "x" }])).toEqual(["kept"]);
  });

  test("I1: leads nowhere through a link that it brings itself", async () => {
    const way: Entry = { name: "way", type: "symlink", linkname: "/etc" };
    expect(await names([way, { name: "way/passwd", content: "x" }])).toEqual(["way"]);
    expect(await names([way, { name: "way", content: "x" }])).toEqual(["way"]);
    const file: Entry = { name: "a/b", content: "x" };
    const turned: Entry[] = [file, { ...way, name: "a" }, { name: "c", type: "link", linkname: "a/b" }];
    expect(await names(turned)).toEqual(["a/b", "c"]);
    expect(
      await names([
        { name: "f", content: "x" },
        { ...way, name: "f" },
      ]),
    ).toEqual(["f"]);
  });

  test("lets go of its source when nobody reads on", async () => {
    let closed = false;
    const large = await archiveOf([{ name: "large", content: "x".repeat(5_000_000) }]);
    async function* source() {
      try {
        for (let at = 0; at < large.length; at += 65_536) yield large.subarray(at, at + 65_536);
      } finally {
        closed = true;
      }
    }
    for await (const _chunk of cleanArchive(source())) break;
    await expect.poll(() => closed).toBe(true);
  });

  test("fails with its source, and when it ends too early", async () => {
    const whole = await archiveOf([{ name: "a", content: "x".repeat(5000) }]);
    async function* breaking() {
      yield whole.subarray(0, 2000);
      throw new Error("the engine went away");
    }
    await expect(buffer(Readable.from(cleanArchive(breaking())))).rejects.toThrow("the engine went away");
    await expect(
      buffer(Readable.from(cleanArchive(Readable.from([whole.subarray(0, 2000)])))),
    ).rejects.toThrow();
  });
});
