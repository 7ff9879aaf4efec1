import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { System, UserActor } from "../system.ts";
import { dropNeedlessRecoveryCodes } from "./replace-recovery-codes.ts";

/** Turns two-step sign-in off; the recovery codes go with the last second factor. Throws auth.method-missing. */
export async function disableTotp(sys: System, actor: UserActor): Promise<void> {
  const { userId } = actor;
  await sys.db.$transaction(async (tx) => {
    const { count } = await tx.totp.deleteMany({ where: { userId, confirmedAt: { not: null } } });
    if (count === 0) throw new DomainError("auth.method-missing");
    await dropNeedlessRecoveryCodes(tx, userId);
    await recordEvent(tx, sys, actor, { action: "auth.totp-disabled", targetId: userId });
    await notifyOwner(tx, sys, userId, { actor, change: "totp-disabled" });
  });
}
