import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { ExternalIdentity } from "../ports.ts";
import type { Actor, System, Transaction } from "../system.ts";
import { keepIdentity, knownIdentity } from "./queries.ts";

/**
 * The identity signs in to this account from now on. One that does so already is fine; one of another account is refused, whoever
 * asks: provider.identity-in-use.
 */
export async function linkIdentity(
  tx: Transaction,
  sys: System,
  actor: Actor,
  userId: string,
  identity: ExternalIdentity,
): Promise<void> {
  const known = await knownIdentity(tx, identity);
  if (known?.userId === userId) return;
  if (known) throw new DomainError("provider.identity-in-use");
  const identityId = await keepIdentity(tx, sys, userId, identity);
  const { provider } = identity;
  await recordEvent(tx, sys, actor, {
    action: "auth.provider-linked",
    targetId: identityId,
    userId,
    details: { provider },
  });
  await notifyOwner(tx, sys, userId, { actor, change: "provider-linked", name: provider });
}
