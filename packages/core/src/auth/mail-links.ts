import { DomainError } from "../errors.ts";
import type { MailToken, User } from "../generated/prisma/client.ts";
import type { MailTokenPurpose } from "../generated/prisma/enums.ts";
import type { Database, System, Transaction, UserActor } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { readMailToken } from "./mail-token.ts";
import { mailTokenHours } from "./rules.ts";

type NewLink = { id?: string; userId: string; purpose: MailTokenPurpose; email: string };
export type MailLink = MailToken & { user: User };

const hourMs = 3_600_000;

/** Returns the id that a mail makes the link from. */
export async function createMailLink(
  tx: Transaction,
  sys: System,
  { id = sys.random.uuid(), purpose, ...link }: NewLink,
): Promise<string> {
  const createdAt = sys.clock.now();
  const expiresAt = new Date(createdAt.getTime() + mailTokenHours[purpose] * hourMs);
  await tx.mailToken.create({ data: { id, purpose, ...link, createdAt, expiresAt } });
  return id;
}

/** What a token stands for, with its account, also when it was used. One that expired, or never was, is auth.link-expired. */
export async function findMailLink(
  db: Database | Transaction,
  sys: AuthSystem,
  purpose: MailTokenPurpose,
  token: string,
): Promise<MailLink> {
  const id = readMailToken(sys, token);
  const link =
    id === null
      ? null
      : await db.mailToken.findFirst({
          where: { id, purpose, expiresAt: { gt: sys.clock.now() } },
          include: { user: true },
        });
  if (!link) throw new DomainError("auth.link-expired");
  return link;
}

/**
 * The link may be followed by whoever it was made for, signed in. Else somebody could open an account with another's address, and that
 * person's click would make it look theirs. Throws auth.link-foreign.
 */
export function requireOwnLink({ userId }: MailToken, actor: UserActor): void {
  if (userId !== actor.userId) throw new DomainError("auth.link-foreign");
}

/** From now on the link is used. Of two uses at once one succeeds; the other is auth.link-expired. */
export async function spendMailLink(tx: Transaction, sys: System, { id }: MailToken): Promise<void> {
  const { count } = await tx.mailToken.updateMany({
    where: { id, usedAt: null },
    data: { usedAt: sys.clock.now() },
  });
  if (count === 0) throw new DomainError("auth.link-expired");
}
