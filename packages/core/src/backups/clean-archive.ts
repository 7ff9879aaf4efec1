import { once } from "node:events";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Extract, extract, type Header, type Pack, pack } from "tar-stream";
import { isLeftOut } from "./rules.ts";

type Kept = Partial<Header> & Pick<Header, "name">;

/**
 * A tar archive of a state folder with what is worth keeping, made anew entry by entry: whatever it says, nothing of it lies outside of
 * the folder, belongs to another user, or is more than a file, a folder or a link. Assistants decide what stands in their folder.
 */
export async function* cleanArchive(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const [given, clean] = [extract(), pack()];
  const reading = pipeline(Readable.from(archive), given).catch(() => undefined); // `given` fails with it
  const filling = fill(clean, given);
  filling.catch((error: Error) => clean.destroy(error));
  try {
    yield* clean as AsyncIterable<Uint8Array>;
    await filling;
  } finally {
    // Whoever stops reading before the end lets go of the source too.
    given.destroy(new Error("nobody reads on"));
    await reading;
  }
}

async function fill(clean: Pack, given: Extract): Promise<void> {
  const accept = sieve();
  for await (const entry of given) {
    const kept = accept(entry.header);
    if (kept) {
      const place = clean.entry({ ...kept, uid: 1000, gid: 1000 });
      place.on("error", () => undefined); // it fails with the archive
      for await (const chunk of entry) if (!place.write(chunk)) await once(place, "drain");
      place.end(null);
    } else {
      entry.resume();
      await once(entry, "end");
    }
  }
  clean.finalize();
}

/** What of each entry is taken over; null: it is left out. Entries before decide about those after. */
function sieve(): (header: Header) => Kept | null {
  const files = new Set<string>();
  const links = new Set<string>();
  const folders = new Set<string>();
  return ({ name: given, type, linkname, size, mode, mtime }) => {
    const name = nameOf(given);
    if (!name || isLeftOut(name)) return null;
    const parents = parentsOf(name);
    if (parents.some((parent) => links.has(parent) || files.has(parent))) return null;
    if (links.has(name) || (type !== "directory" && folders.has(name))) return null;
    for (const parent of parents) folders.add(parent);
    const common = { name, mtime, mode: mode & 0o777, size: 0 };
    switch (type) {
      case "file":
      case "contiguous-file":
        files.add(name);
        return { ...common, type: "file", size };
      case "directory":
        folders.add(name);
        return { ...common, type };
      case "symlink":
        if (!linkname || files.has(name) || leaves(name, linkname)) return null;
        links.add(name);
        return { ...common, type, linkname };
      case "link": {
        const target = nameOf(linkname);
        return target && files.has(target) ? { ...common, type, linkname: target } : null;
      }
      case "block-device":
      case "character-device":
      case "fifo":
        return null;
    }
  };
}

/** Below the state folder; null for the folder itself and for whatever would lie outside. */
function nameOf(given: string): string | null {
  if (given.includes("\0") || given.startsWith("/") || given.split("/").includes("..")) return null;
  const name = posix.normalize(given).replace(/\/+$/, "");
  return name === "." || name === "" ? null : name;
}

function parentsOf(name: string): string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Links to absolute paths mean files of the image, and are followed inside of the container alone. */
const leaves = (name: string, target: string): boolean =>
  !target.startsWith("/") && !posix.join("/state", posix.dirname(name), target).startsWith("/state/");
