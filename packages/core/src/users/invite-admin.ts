import { recordEvent } from "../audit/record-event.ts";
import { hashOf, newSecret } from "../secrets.ts";
import type { Actor, System } from "../system.ts";

const lifetimeMs = 60 * 60_000;

type Inviter = Extract<Actor, { kind: "admin" | "operator" }>;

/**
 * Invites whoever holds the token to be an admin under this address, once and within the hour.
 * An account that exists is not promoted here: its password must be shown first, or anybody could have opened it beforehand.
 */
export async function inviteAdmin(
  sys: System,
  actor: Inviter,
  { email }: { email: string },
): Promise<{ token: string; expiresAt: Date }> {
  const token = newSecret(sys);
  const createdAt = sys.clock.now();
  const expiresAt = new Date(createdAt.getTime() + lifetimeMs);
  await sys.db.$transaction(async (tx) => {
    // A newer invitation replaces those before it.
    await tx.adminInvitation.deleteMany({ where: { OR: [{ email }, { expiresAt: { lte: createdAt } }] } });
    await tx.adminInvitation.create({ data: { tokenHash: hashOf(token), email, createdAt, expiresAt } });
    await recordEvent(tx, sys, actor, { action: "admin.invited", details: { email } });
  });
  return { token, expiresAt };
}
