import type { z } from "zod";
import type { Actor, System } from "../system.ts";
import { openInvitation } from "./queries.ts";
import type { invitation, readInvitationInput } from "./schema.ts";

/** What the page needs to know before a password is typed. Throws admin.invitation-missing. */
export async function readInvitation(
  sys: System,
  _actor: Actor,
  { token }: z.infer<typeof readInvitationInput>,
): Promise<z.infer<typeof invitation>> {
  const { email, expiresAt } = await openInvitation(sys.db, sys, token);
  const account = await sys.db.user.findUnique({ where: { email }, select: { id: true } });
  return { email, expiresAt, hasAccount: account !== null };
}
