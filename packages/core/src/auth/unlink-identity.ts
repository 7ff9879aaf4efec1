import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { System, UserActor } from "../system.ts";
import { lockAccount, requireAnotherMethod } from "./queries.ts";
import type { unlinkIdentityInput } from "./schema.ts";

/** Another's identity and an unknown one are the same answer: auth.method-missing. Throws auth.last-method. */
export async function unlinkIdentity(
  sys: System,
  actor: UserActor,
  { identityId }: z.infer<typeof unlinkIdentityInput>,
): Promise<void> {
  const { userId } = actor;
  await sys.db.$transaction(async (tx) => {
    await lockAccount(tx, userId);
    const removed = await tx.identity.findFirst({ where: { id: identityId, userId } });
    if (!removed) throw new DomainError("auth.method-missing");
    await tx.identity.delete({ where: { id: identityId } });
    await requireAnotherMethod(tx, userId);
    const { provider } = removed;
    await recordEvent(tx, sys, actor, {
      action: "auth.provider-unlinked",
      targetId: identityId,
      details: { provider },
    });
    await notifyOwner(tx, sys, userId, { actor, change: "provider-unlinked", name: provider });
  });
}
