import type { ErrorCode } from "../errors.ts";
import type { InstanceDesired, InstanceStatus, OperationKind } from "../generated/prisma/enums.ts";

export const instancesPerOwner = 10;

type Facts = {
  desired: InstanceDesired;
  status: InstanceStatus;
  /** A deployment was opened by the host, so it can start without the owner's browser. */
  deployed: boolean;
};

/** Why the command can't be given now, or null. */
export function refusalOf(kind: OperationKind, facts: Facts): ErrorCode | null {
  if (facts.desired === "removed") return kind === "remove" ? null : "instance.removed";
  switch (kind) {
    case "deploy":
    case "remove":
      return null;
    case "start":
    case "restart":
      return facts.deployed ? null : "instance.not-deployed";
    case "stop":
    case "kill":
      return facts.desired === "draft" ? "instance.not-deployed" : null;
  }
}

const desiredAfter: Record<OperationKind, InstanceDesired> = {
  deploy: "running",
  start: "running",
  restart: "running",
  stop: "stopped",
  kill: "stopped",
  remove: "removed",
};
const statusAfter: Record<OperationKind, InstanceStatus> = {
  deploy: "starting",
  start: "starting",
  restart: "starting",
  stop: "stopping",
  kill: "stopping",
  remove: "removing",
};

/** What the owner sees from the moment the command is accepted. */
export const wishOf = (kind: OperationKind) => ({
  desired: desiredAfter[kind],
  status: statusAfter[kind],
  reason: null,
});

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
