import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { Transaction, UserActor } from "../system.ts";
import { passwordSlot } from "../vault/queries.ts";
import { refuseTakenSlot } from "./create-account.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { hashAuthKey, verifyAuthKey } from "./hash-auth-key.ts";
import { isImported, isStrongEnough, takeoverLinks } from "./rules.ts";
import type { changePasswordInput } from "./schema.ts";
import { endSessions, proveSession } from "./sessions.ts";

/**
 * Replaces derivation, authentication key and the vault's password slot in one transaction, and ends every other session.
 * Configurations stay byte for byte: the slot holds the same master key. Links that were mailed before, by which the account could
 * be taken over, work no more. An imported account gets its first vault so. Throws auth.wrong-credentials, auth.weak-key-derivation,
 * input.invalid for a slot that somebody has.
 */
export async function changePassword(
  sys: AuthSystem,
  actor: UserActor,
  { currentAuthKey, kdf, authKey, slot }: z.infer<typeof changePasswordInput>,
): Promise<{ cookie: string }> {
  const { userId, sessionId } = actor;
  if (!isStrongEnough(kdf)) throw new DomainError("auth.weak-key-derivation");
  await consumeLimit(sys, actor, "step-up");
  const current = await sys.db.user.findUniqueOrThrow({ where: { id: userId } });
  if (!(await verifyAuthKey(sys, current.passwordHash, currentAuthKey))) {
    await recordEvent(sys.db, sys, actor, {
      action: "auth.password-change-failed",
      outcome: "refused",
      targetId: userId,
    });
    throw new DomainError("auth.wrong-credentials");
  }
  const passwordHash = await hashAuthKey(sys, authKey);
  const createdAt = sys.clock.now();
  const change = isImported(current.kdf) ? "password-upgraded" : "password-changed";
  const replace = async (tx: Transaction) => {
    // Of two changes at once, the second proved a password that is no longer the account's.
    const { count } = await tx.user.updateMany({
      where: { id: userId, passwordHash: current.passwordHash },
      data: { passwordHash, kdf },
    });
    if (count === 0) throw new DomainError("auth.wrong-credentials");
    await tx.vaultSlot.deleteMany({ where: { userId, kind: "password", staleAt: null } });
    await tx.vaultSlot.create({ data: { ...passwordSlot(slot, createdAt), userId } });
    await tx.mailToken.deleteMany({ where: { userId, purpose: { in: takeoverLinks } } });
    const ended = await endSessions(tx, userId, sessionId);
    await recordEvent(tx, sys, actor, {
      action: `auth.${change}`,
      targetId: userId,
      details: { endedSessions: ended },
    });
    await notifyOwner(tx, sys, userId, { actor, change });
    return { cookie: await proveSession(tx, sys, "app", sessionId) };
  };
  return sys.db.$transaction(replace).catch(refuseTakenSlot);
}
