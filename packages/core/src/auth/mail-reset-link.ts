import { recordEvent } from "../audit/record-event.ts";
import type { JobPayload } from "../jobs/catalogue.ts";
import { sendMail } from "../notifications/send-mail.ts";
import type { AnonymousActor, System } from "../system.ts";
import { createMailLink } from "./mail-links.ts";

/** Mails the link to a new password, once, if the address has an account; a confirmed one without a password is told how it signs in. */
export async function mailResetLink(
  sys: System,
  { id, email, ip, userAgent }: JobPayload<"reset-requested">,
): Promise<void> {
  const actor: AnonymousActor = { kind: "anonymous", ip, userAgent, deviceHash: null };
  await sys.db.$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { email } });
    if (!user) {
      await recordEvent(tx, sys, actor, { action: "auth.reset-requested", outcome: "refused" });
      return;
    }
    if (user.passwordHash === null && user.emailVerifiedAt !== null) {
      await sendMail(tx, sys, { id, to: email, template: { kind: "account-exists" } });
    } else {
      if (await tx.mailToken.findUnique({ where: { id } })) return;
      await createMailLink(tx, sys, { id, userId: user.id, purpose: "reset_password", email });
      await sendMail(tx, sys, { id, to: email, template: { kind: "reset-password", tokenId: id } });
    }
    await recordEvent(tx, sys, actor, {
      action: "auth.reset-requested",
      targetId: user.id,
      userId: user.id,
    });
  });
}
