import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { sendMail } from "../notifications/send-mail.ts";
import type { System, UserActor } from "../system.ts";
import { createMailLink } from "./mail-links.ts";
import type { requestEmailChangeInput } from "./schema.ts";

/**
 * Mails a link to the new address, and a notice to the old one; nothing changes before the link is followed. An earlier request is
 * void. An address that has an account gets a mail that says so; the caller gets the same answer.
 */
export async function requestEmailChange(
  sys: System,
  actor: UserActor,
  { email }: z.infer<typeof requestEmailChangeInput>,
): Promise<void> {
  const { userId } = actor;
  await sys.db.$transaction(async (tx) => {
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (user.email === email) throw new DomainError("input.invalid", { field: "email" });
    await tx.mailToken.deleteMany({ where: { userId, purpose: "change_email" } });
    const tokenId = await createMailLink(tx, sys, { userId, purpose: "change_email", email });
    const taken = await tx.user.findUnique({ where: { email }, select: { id: true } });
    await sendMail(tx, sys, {
      to: email,
      template: taken ? { kind: "account-exists" } : { kind: "change-email", tokenId },
    });
    await recordEvent(tx, sys, actor, { action: "auth.email-change-requested", targetId: userId });
    await notifyOwner(tx, sys, userId, { actor, change: "email-change-requested", name: email });
  });
}
