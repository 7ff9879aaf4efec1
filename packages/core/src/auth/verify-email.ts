import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { UserActor } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { findMailLink, requireOwnLink } from "./mail-links.ts";
import type { mailTokenInput } from "./schema.ts";

/**
 * Whoever is signed in and holds the link reads the mailbox of their account. Following it again changes nothing and is fine, also at the same moment,
 * as long as the address is still the account's. Throws auth.link-expired, auth.link-foreign.
 */
export async function verifyEmail(
  sys: AuthSystem,
  actor: UserActor,
  { token }: z.infer<typeof mailTokenInput>,
): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    const link = await findMailLink(tx, sys, "verify_email", token);
    requireOwnLink(link, actor);
    const { user } = link;
    if (link.email !== user.email) throw new DomainError("auth.link-expired");
    const { count: spent } = await tx.mailToken.updateMany({
      where: { id: link.id, usedAt: null },
      data: { usedAt: sys.clock.now() },
    });
    if (spent === 0) return;
    // Not when the address was changed meanwhile.
    const { count } = await tx.user.updateMany({
      where: { id: user.id, email: link.email },
      data: { emailVerifiedAt: user.emailVerifiedAt ?? sys.clock.now() },
    });
    if (count === 0) throw new DomainError("auth.link-expired");
    await recordEvent(tx, sys, actor, {
      action: "auth.email-verified",
      targetId: user.id,
    });
  });
}
