import { createHash } from "node:crypto";
import { DomainError } from "../errors.ts";
import type { Actor, System } from "../system.ts";
import { type LimitName, limitCatalogue, networkOf } from "./rules.ts";

/** Many people may share a network: what is counted for their accounts may happen there this many times as often. */
const peoplePerNetwork = 10;

/**
 * Counts one call against a limit: of the caller's network, and of their account where the limit says so; or of `subject`, when what
 * is protected is something else, for example the address that somebody wants to sign in with. Throws request.too-many.
 */
export async function consumeLimit(
  sys: System,
  actor: Actor,
  name: LimitName,
  subject?: string,
): Promise<void> {
  const { points, seconds, per } = limitCatalogue[name];
  const consume = async (who: string, allowed: number) => {
    const retryAfterSeconds = await sys.limiter.consume(`${name}|${hashOf(who)}`, allowed, seconds);
    if (retryAfterSeconds !== null) throw new DomainError("request.too-many", { retryAfterSeconds });
  };
  if (subject !== undefined) return consume(subject, points);
  // A cookie or a token of one's own buys no further tries at what strangers may call.
  if (per === "account" && "userId" in actor) await consume(actor.userId, points);
  if ("ip" in actor)
    await consume(networkOf(actor.ip), per === "account" ? points * peoplePerNetwork : points);
}

/** Keys of the table name nobody. */
const hashOf = (subject: string) => createHash("sha256").update(subject).digest("base64url");
