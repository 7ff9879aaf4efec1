import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { UserActor } from "../system.ts";
import { isTaken } from "./create-account.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { findMailLink, requireOwnLink, spendMailLink } from "./mail-links.ts";
import { lockAccount } from "./queries.ts";
import type { mailTokenInput } from "./schema.ts";

/**
 * Whoever is signed in and holds the link reads the new mailbox: their account belongs to that address from now on, and the old one is told. Links that
 * were mailed to the old address work no more. Throws auth.link-expired, auth.link-foreign, auth.email-taken.
 */
export async function confirmEmailChange(
  sys: AuthSystem,
  actor: UserActor,
  { token }: z.infer<typeof mailTokenInput>,
): Promise<void> {
  try {
    await sys.db.$transaction(async (tx) => {
      const link = await findMailLink(tx, sys, "change_email", token);
      requireOwnLink(link, actor);
      const { userId, email } = link;
      await lockAccount(tx, userId);
      await spendMailLink(tx, sys, link);
      await notifyOwner(tx, sys, userId, { actor, change: "email-changed", name: email });
      await tx.user.update({
        where: { id: userId },
        data: { email, emailVerifiedAt: sys.clock.now() },
      });
      await tx.mailToken.deleteMany({ where: { userId, id: { not: link.id } } });
      await recordEvent(tx, sys, actor, { action: "auth.email-changed", targetId: userId });
    });
  } catch (error) {
    if (isTaken(error)) throw new DomainError("auth.email-taken");
    throw error;
  }
}
