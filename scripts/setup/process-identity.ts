import { readFile } from "node:fs/promises";
import { command } from "./command.ts";

/**
 * What tells a process from a later one with the same id: when it began. Null when there is none.
 * A pid alone must never be trusted from a file: ids are reused.
 */
export async function identityOf(pid: number): Promise<string | null> {
  if (process.platform === "linux") {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
    if (stat === null) return null;
    // The name, in parentheses, may hold spaces; state and start time are fields 3 and 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  }
  const began = await command("ps", ["-p", String(pid), "-o", "lstart="]).catch(() => "");
  return began.trim() || null;
}

export type ProcessRecord = { name: string; pid: number; identity: string };

export async function recordOf(name: string, pid: number): Promise<ProcessRecord> {
  return { name, pid, identity: (await identityOf(pid)) ?? "gone" };
}

export async function isAlive(record: ProcessRecord): Promise<boolean> {
  return (await identityOf(record.pid)) === record.identity;
}
