// `npm run logs [-- name …]`: the last lines of the processes' logs, then what comes, until Ctrl-C. `--no-follow` ends after the last lines.
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { readLayout } from "./setup/layout.ts";

const lastLines = 20;
const lastBytes = 64 * 1024;
const pollMs = 300;
const mostBytes = 1024 * 1024;

const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: { follow: { type: "boolean", default: true } },
});
const { logs } = readLayout();
const names = (await readdir(logs).catch(() => [])).filter(
  (name) => name.endsWith(".log") && !name.endsWith(".previous.log"),
);
const known = names.map((name) => name.slice(0, -".log".length));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0 || known.length === 0) {
  console.error(
    known.length === 0
      ? "There are no logs yet."
      : `There is no log "${unknown.join('", "')}". There are: ${known.join(", ")}.`,
  );
  process.exit(1);
}
const running = ["sim", "worker", "web", "admin"].filter((name) => known.includes(name));
const shown = wanted.length > 0 ? wanted : running.length > 0 ? running : known;
const width = Math.max(...shown.map((name) => name.length));
await Promise.all(shown.map(follow));

async function follow(name: string): Promise<void> {
  const file = join(logs, `${name}.log`);
  const { size } = await stat(file);
  const tail = await read(file, Math.max(0, size - lastBytes), size);
  for (const line of tail.trimEnd().split("\n").slice(-lastLines)) print(name, line);
  let position = size;
  let rest = "";
  while (flags.follow) {
    await sleep(pollMs);
    const now = (await stat(file).catch(() => null))?.size ?? 0;
    if (now < position) position = 0; // a new start began a new file
    const end = Math.min(now, position + mostBytes);
    const lines = (rest + (await read(file, position, end))).split("\n");
    position = end;
    rest = lines.pop() ?? "";
    for (const line of lines) print(name, line);
  }
}

async function read(path: string, start: number, end: number): Promise<string> {
  if (end <= start) return "";
  const file = await open(path).catch(() => null);
  if (!file) return "";
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

function print(name: string, line: string): void {
  console.log(`${name.padEnd(width)} | ${line}`);
}
