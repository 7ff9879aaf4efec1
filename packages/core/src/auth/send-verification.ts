import type { User } from "../generated/prisma/client.ts";
import { sendMail } from "../notifications/send-mail.ts";
import type { System, Transaction, UserActor } from "../system.ts";
import { createMailLink } from "./mail-links.ts";

/** Mails the link again; nothing when the address is verified already. */
export async function sendVerification(sys: System, { userId }: UserActor): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (user.emailVerifiedAt === null) await mailVerification(tx, sys, user);
  });
}

/** Mails the link with which the owner shows that the mailbox is theirs. */
export async function mailVerification(
  tx: Transaction,
  sys: System,
  { id: userId, email }: User,
): Promise<void> {
  const tokenId = await createMailLink(tx, sys, { userId, purpose: "verify_email", email });
  await sendMail(tx, sys, { to: email, template: { kind: "verify-email", tokenId } });
}
