import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { lockAccount, requireAnotherMethod } from "../auth/queries.ts";
import { dropNeedlessRecoveryCodes } from "../auth/replace-recovery-codes.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { System, UserActor } from "../system.ts";
import type { removePasskeyInput } from "./schema.ts";

/** Another's passkey and an unknown one are the same answer: auth.method-missing. Throws auth.last-method. */
export async function removePasskey(
  sys: System,
  actor: UserActor,
  { passkeyId }: z.infer<typeof removePasskeyInput>,
): Promise<void> {
  const { userId } = actor;
  await sys.db.$transaction(async (tx) => {
    await lockAccount(tx, userId);
    const removed = await tx.passkey.findFirst({ where: { id: passkeyId, userId } });
    if (!removed) throw new DomainError("auth.method-missing");
    await tx.passkey.delete({ where: { id: passkeyId } });
    await requireAnotherMethod(tx, userId);
    await dropNeedlessRecoveryCodes(tx, userId);
    await recordEvent(tx, sys, actor, {
      action: "auth.passkey-removed",
      targetId: passkeyId,
      details: { name: removed.name },
    });
    await notifyOwner(tx, sys, userId, { actor, change: "passkey-removed", name: removed.name });
  });
}
