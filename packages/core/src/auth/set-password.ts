import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { UserActor } from "../system.ts";
import { passwordSlot } from "../vault/queries.ts";
import { refuseTakenSlot } from "./create-account.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { hashAuthKey } from "./hash-auth-key.ts";
import { isStrongEnough } from "./rules.ts";
import type { setPasswordInput } from "./schema.ts";

/**
 * The first password of an account that a provider opened, and with it the vault, which only a secret of its owner can lock.
 * Throws auth.password-exists, auth.weak-key-derivation.
 */
export async function setPassword(
  sys: AuthSystem,
  actor: UserActor,
  { kdf, authKey, slot }: z.infer<typeof setPasswordInput>,
): Promise<void> {
  const { userId } = actor;
  if (!isStrongEnough(kdf)) throw new DomainError("auth.weak-key-derivation");
  const passwordHash = await hashAuthKey(sys, authKey);
  await sys.db
    .$transaction(async (tx) => {
      const { count } = await tx.user.updateMany({
        where: { id: userId, passwordHash: null },
        data: { passwordHash, kdf },
      });
      if (count === 0) throw new DomainError("auth.password-exists");
      await tx.vaultSlot.create({ data: { ...passwordSlot(slot, sys.clock.now()), userId } });
      await recordEvent(tx, sys, actor, { action: "auth.password-set", targetId: userId });
      await notifyOwner(tx, sys, userId, { actor, change: "password-set" });
    })
    .catch(refuseTakenSlot);
}
