import { DomainError } from "../errors.ts";
import type { AdminInvitation } from "../generated/prisma/client.ts";
import { hashOf } from "../secrets.ts";
import type { System, Transaction } from "../system.ts";

/** Unknown, used and expired are the same answer. */
export async function openInvitation(db: Transaction, sys: System, token: string): Promise<AdminInvitation> {
  const invitation = await db.adminInvitation.findFirst({
    where: { tokenHash: hashOf(token), expiresAt: { gt: sys.clock.now() } },
  });
  if (!invitation) throw new DomainError("admin.invitation-missing");
  return invitation;
}
