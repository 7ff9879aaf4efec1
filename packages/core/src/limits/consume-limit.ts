import { createHash } from "node:crypto";
import { DomainError } from "../errors.ts";
import type { Actor, System } from "../system.ts";
import { type LimitName, limitCatalogue, networkOf } from "./rules.ts";

/**
 * Counts one call against a limit: of the caller's account when they have one, else of their network; or of `subject`, when what is
 * protected is something else, for example the address that somebody wants to sign in with. Throws request.too-many.
 */
export async function consumeLimit(
  sys: System,
  actor: Actor,
  name: LimitName,
  subject = subjectOf(actor),
): Promise<void> {
  if (subject === null) return;
  const { points, seconds } = limitCatalogue[name];
  const retryAfterSeconds = await sys.limiter.consume(`${name}|${hashOf(subject)}`, points, seconds);
  if (retryAfterSeconds !== null) throw new DomainError("request.too-many", { retryAfterSeconds });
}

function subjectOf(actor: Actor): string | null {
  if ("userId" in actor && actor.kind !== "half" && actor.kind !== "mail-link") return actor.userId;
  return "ip" in actor ? networkOf(actor.ip) : null;
}

/** Keys of the table name nobody. */
const hashOf = (subject: string) => createHash("sha256").update(subject).digest("base64url");
