import type { ErrorCode } from "../errors.ts";
import type { InstanceDesired, InstanceStatus, OperationKind } from "../generated/prisma/enums.ts";
import type { DiskUse } from "../ports.ts";

export const instancesPerOwner = 10;

/** How long what a browser sealed may be deployed. */
export const deploymentMs = 10 * 60_000;

/** What looks after an assistant's state: these end by themselves, or go back to what was before. */
export const upkeepKinds: OperationKind[] = ["backup", "restore", "upgrade"];

/** How long an assistant may finish what it is doing before it is ended. */
export const graceSeconds = 15;

/** Why an instance that should run came to its end. */
export type DeathReason = Extract<
  ErrorCode,
  "instance.crashed" | "instance.ended" | "instance.out-of-memory" | "instance.not-answering"
>;
type Exit = { exitCode: number | null; outOfMemory: boolean; startedAt: Date | null };

/** Exit codes of a program that was asked or forced to end, and of one that was lost with the engine. */
const endedFromOutside: readonly (number | null)[] = [0, 137, 143, 255, null];

/** When only a program inside of it ran out of memory, the engine doesn't hold it against the container: `outOfMemoryAt` tells. */
export function deathOf(container: Exit | null, outOfMemoryAt: Date | null): DeathReason {
  if (!container?.startedAt) return "instance.ended";
  if (container.outOfMemory || (outOfMemoryAt && outOfMemoryAt >= container.startedAt))
    return "instance.out-of-memory";
  return endedFromOutside.includes(container.exitCode) ? "instance.ended" : "instance.crashed";
}

/** An instance that was up for this long is well: what was before is forgotten. */
export const calmMs = 10 * 60_000;
/** Deaths, each within the calm after the one before, after which it stays down. */
const mostDeaths = 5;
const firstRestMs = 5000;

type Deaths = { deaths: number; diedAt: Date | null };

/** Clocks are set back, too: then as much as forward, nothing is known of the time between. */
const elapsed = (since: Date | null, now: Date) =>
  since ? Math.abs(now.getTime() - since.getTime()) : Number.POSITIVE_INFINITY;

/** How many deaths count with the one that happens now. */
export const deathsWithThis = ({ deaths, diedAt }: Deaths, now: Date): number =>
  elapsed(diedAt, now) > calmMs ? 1 : deaths + 1;

export const isGivenUp = (deaths: number): boolean => deaths >= mostDeaths;

/** Milliseconds until it is started again: none after the first death, then twice as long each time. */
export function restOf({ deaths, diedAt }: Deaths, now: Date): number {
  const whole = deaths < 2 ? 0 : firstRestMs * 2 ** (deaths - 2);
  return Math.max(0, whole - elapsed(diedAt, now));
}

type Facts = {
  desired: InstanceDesired;
  status: InstanceStatus;
  /** A deployment was opened by the host, so it can start without the owner's browser. */
  deployed: boolean;
  /** The command that hasn't ended. */
  open: OperationKind | null;
};

/** Between two states, or two versions. */
const isChanging = ({ open }: Facts) => open === "restore" || open === "upgrade";

/** Why the command can't be given now, or null. */
export function refusalOf(kind: OperationKind, facts: Facts): ErrorCode | null {
  if (facts.desired === "removed") return kind === "remove" ? null : "instance.removed";
  switch (kind) {
    case "remove":
      return null;
    case "deploy":
      return isChanging(facts) ? "instance.busy" : null;
    case "start":
    case "restart":
      if (!facts.deployed) return "instance.not-deployed";
      return isChanging(facts) ? "instance.busy" : null;
    case "rotate":
      if (facts.status !== "running") return "instance.not-running";
      return isChanging(facts) ? "instance.busy" : null;
    // Nobody's command is broken off for them.
    case "backup":
    case "restore":
    case "upgrade":
      if (!facts.deployed) return "instance.not-deployed";
      return facts.open ? "instance.busy" : null;
    case "stop":
    case "kill":
      return facts.desired === "draft" ? "instance.not-deployed" : null;
  }
}

/** Those change neither. */
type Staying = "rotate" | "backup";
type Moving = Exclude<OperationKind, Staying>;
const desiredAfter: Record<Moving, InstanceDesired> = {
  deploy: "running",
  start: "running",
  restart: "running",
  restore: "running",
  upgrade: "running",
  stop: "stopped",
  kill: "stopped",
  remove: "removed",
};
const statusAfter: Record<Moving, InstanceStatus> = {
  deploy: "starting",
  start: "starting",
  restart: "starting",
  restore: "starting",
  upgrade: "starting",
  stop: "stopping",
  kill: "stopping",
  remove: "removing",
};

/** What the owner sees from the moment the command is accepted. */
export const wishOf = (kind: OperationKind) =>
  kind === "rotate" || kind === "backup"
    ? {}
    : { desired: desiredAfter[kind], status: statusAfter[kind], reason: null };

/** A disk of its own has no room for what an assistant writes all the time well before it is full. */
const fullShare = 0.98;
/** After a command, an assistant may make room before it is stopped for want of it. */
const roomGraceMs = 10 * 60_000;
/** Of the quota, where nothing else bounds what it writes: with a command now and then, grace would have no end. */
const mostInGrace = 1.5;

type Room = Pick<DiskUse, "usedBytes" | "sizeBytes">;

export function isDiskFull({ usedBytes, sizeBytes }: Room, quotaBytes: number): boolean {
  return usedBytes >= (sizeBytes === null ? quotaBytes : sizeBytes * fullShare);
}

export function mayMakeRoom(
  { usedBytes, sizeBytes }: Room,
  quotaBytes: number,
  commandFinishedAt: Date | null | undefined,
  now: Date,
): boolean {
  if (sizeBytes === null && usedBytes > quotaBytes * mostInGrace) return false;
  return elapsed(commandFinishedAt ?? null, now) < roomGraceMs;
}

/** First label of the host name: what can be read of the name, and six characters that make it unique. */
export function slugOf(name: string, entropy: Uint8Array): string {
  const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
  const readable = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 24)
    .replace(/-+$/, "");
  const suffix = [...entropy.slice(0, 6)].map((byte) => alphabet[byte % alphabet.length]).join("");
  return `${readable || "assistant"}-${suffix}`;
}

/**
 * A documentation address (RFC 5737). Gateways want to know for whom a proxy asks, and let whoever is on their own machine in without
 * an approval: it stands for the platform itself and for browsers on the host.
 */
export const nobodysAddress = "192.0.2.1";
