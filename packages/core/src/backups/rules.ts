import { createHash } from "node:crypto";
import type { BackupKind } from "../generated/prisma/enums.ts";

const dayMs = 86_400_000;
export const daysKept = 7;
/** Owners make room themselves: each may be as large as the assistant's disk. */
export const mostOnDemand = 5;
/** Of what was before the newest restores and upgrades. */
export const mostBeforehand = 2;
/** So much stays free on the host's disk. */
export const reserveBytes = 1024 ** 3;

export const expiryOf = (now: Date): Date => new Date(now.getTime() + daysKept * dayMs);

/** Caches come again by themselves. The configuration is laid anew from the sealed file: its copies hold every token. */
export function isLeftOut(path: string): boolean {
  const [first = "", ...rest] = path.split("/");
  if (first === "cache" || first === "tmp" || first === ".incoming") return true;
  return rest.length === 0 && /^openclaw\.json/.test(first);
}

/** When on each day it is an instance's turn, in milliseconds since midnight UTC: its own minute, so that they don't all come at once. */
function turnOf(instanceId: string): number {
  return (createHash("sha256").update(instanceId).digest().readUInt32BE() % 1440) * 60_000;
}

/** Whether a day's turn has come since the last scheduled backup, or since the instance was made. */
export function isDue(instanceId: string, last: Date, now: Date): boolean {
  const turn = turnOf(instanceId);
  const dayOf = (date: Date) => Math.floor((date.getTime() - turn) / dayMs);
  return dayOf(now) > dayOf(last);
}

/** Which of an instance's backups go, since newer ones of their kind do for them. Newest first. */
export function superfluous(backups: readonly { id: string; kind: BackupKind }[]): string[] {
  return backups
    .filter(({ kind }) => kind === "beforeRestore" || kind === "beforeUpgrade")
    .slice(mostBeforehand)
    .map(({ id }) => id);
}
