import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** SHA-256 over names, modes and contents of everything below a folder; the same on every machine. */
export async function contentHash(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    const { mode } = await stat(file);
    const content = await readFile(file);
    hash
      .update(
        `${relative(folder, file).split(sep).join("/")} ${mode & 0o111 ? "x" : "-"} ${content.length}\n`,
      )
      .update(content);
  }
  return hash.digest("hex");
}
