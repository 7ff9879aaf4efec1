import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { System, UserActor } from "../system.ts";
import type { renamePasskeyInput } from "./schema.ts";

/** Another's passkey and an unknown one are the same answer: auth.method-missing. */
export async function renamePasskey(
  sys: System,
  actor: UserActor,
  { passkeyId, name }: z.infer<typeof renamePasskeyInput>,
): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    const { count } = await tx.passkey.updateMany({
      where: { id: passkeyId, userId: actor.userId },
      data: { name },
    });
    if (count === 0) throw new DomainError("auth.method-missing");
    await recordEvent(tx, sys, actor, {
      action: "auth.passkey-renamed",
      targetId: passkeyId,
      details: { name },
    });
  });
}
