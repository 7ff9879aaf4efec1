import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { ExternalIdentity } from "../ports.ts";
import type { System, Transaction, UserActor } from "../system.ts";
import { knownIdentity, noteIdentityUse } from "./queries.ts";
import { proveSession } from "./sessions.ts";

/** Step-up for whoever signs in by a provider: it must be the caller's own identity. Returns the session's new cookie. Throws provider.refused. */
export async function proveWithIdentity(
  tx: Transaction,
  sys: System,
  actor: UserActor,
  identity: ExternalIdentity,
): Promise<string> {
  const known = await knownIdentity(tx, identity);
  if (known?.userId !== actor.userId) throw new DomainError("provider.refused");
  await noteIdentityUse(tx, sys, identity);
  await recordEvent(tx, sys, actor, {
    action: "auth.step-up",
    targetId: actor.userId,
    details: { by: identity.provider },
  });
  return proveSession(tx, sys, "app", actor.sessionId);
}
