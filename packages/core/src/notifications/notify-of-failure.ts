import type { ErrorCode } from "../errors.ts";
import type { System, Transaction } from "../system.ts";
import { sendMail } from "./send-mail.ts";

/** Tells an owner by mail what happened to an assistant of theirs while nobody watched, and what to do. */
export async function notifyOfFailure(
  tx: Transaction,
  sys: System,
  instance: { id: string; ownerId: string; name: string },
  reason: ErrorCode,
  kind: "assistant-stopped" | "upgrade-undone" = "assistant-stopped",
): Promise<void> {
  const owner = await tx.user.findUniqueOrThrow({
    where: { id: instance.ownerId },
    select: { email: true },
  });
  await sendMail(tx, sys, {
    to: owner.email,
    template: {
      kind,
      instanceId: instance.id,
      name: instance.name,
      reason,
      at: sys.clock.now().toISOString(),
    },
  });
}
