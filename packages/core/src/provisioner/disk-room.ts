import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { runCommand } from "../adapters/run-command.ts";
import { printable } from "../audit/rules.ts";
import type { FolderSize } from "../ports.ts";

/** How full the file system is that is mounted there; null when nothing is. */
export async function readRoom(mountPoint: string): Promise<{ usedBytes: number; sizeBytes: number } | null> {
  try {
    const [inside, outside] = await Promise.all([stat(mountPoint), stat(dirname(mountPoint))]);
    if (inside.dev === outside.dev) return null;
    // What the file system keeps for itself is nobody's to write.
    const { blocks, bavail, bsize } = await statfs(mountPoint);
    return { usedBytes: (blocks - bavail) * bsize, sizeBytes: blocks * bsize };
  } catch {
    return null;
  }
}

const mostFolders = 12;
/** Smaller ones don't matter to who looks for room; and however many an assistant makes, the answer stays short. */
const leastBytes = 1024 ** 2;
const longestName = 120;

/** Folders and files down to the second level, largest first. `du` follows no link, and leaves no file system. */
export async function measureFolders(root: string): Promise<FolderSize[]> {
  const bounds = ["--one-file-system", "--max-depth=2", `--threshold=${leastBytes}`];
  const args = ["--all", "--null", "--block-size=1", ...bounds, "--", root];
  const { stdout } = await runCommand("du", args);
  return stdout
    .split("\0")
    .flatMap((entry) => {
      const [bytes = "", path = ""] = entry.split(/\t([\s\S]*)/);
      const name = path.slice(root.length + 1);
      return name ? [{ path: shown(name), bytes: Number(bytes) }] : [];
    })
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, mostFolders);
}

/** An assistant chooses the names: they may be anything but zero bytes. */
const shown = (name: string) => printable([...name].slice(0, longestName).join(""));
