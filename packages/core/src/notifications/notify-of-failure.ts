import type { ErrorCode } from "../errors.ts";
import type { System, Transaction } from "../system.ts";
import { sendMail } from "./send-mail.ts";

/** Tells an owner by mail that an assistant of theirs stopped by itself, and what to do. */
export async function notifyOfFailure(
  tx: Transaction,
  sys: System,
  instance: { id: string; ownerId: string; name: string },
  reason: ErrorCode,
): Promise<void> {
  const owner = await tx.user.findUniqueOrThrow({
    where: { id: instance.ownerId },
    select: { email: true },
  });
  await sendMail(tx, sys, {
    to: owner.email,
    template: {
      kind: "assistant-stopped",
      instanceId: instance.id,
      name: instance.name,
      reason,
      at: sys.clock.now().toISOString(),
    },
  });
}
