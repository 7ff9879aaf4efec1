import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { User } from "../generated/prisma/client.ts";
import type { ExternalIdentity } from "../ports.ts";
import type { Transaction } from "../system.ts";
import { type BegunSession, type Browser, beginSession } from "./begin-session.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { linkIdentity } from "./link-identity.ts";
import { keepIdentity, knownIdentity, noteIdentityUse } from "./queries.ts";
import { email as emailSchema } from "./schema.ts";
import { mailVerification } from "./send-verification.ts";

/**
 * Signs in to the identity's account, to the one that its address certainly belongs to, or to a new one. The second factor is asked
 * as after a password. Throws provider.no-email, provider.address-in-use.
 */
export async function signInWithIdentity(
  tx: Transaction,
  sys: AuthSystem,
  actor: Browser,
  identity: ExternalIdentity,
): Promise<BegunSession> {
  const user = await accountOf(tx, sys, actor, identity);
  await noteIdentityUse(tx, sys, identity);
  return beginSession(tx, sys, actor, "app", user, { method: identity.provider, isComplete: false });
}

async function accountOf(
  tx: Transaction,
  sys: AuthSystem,
  actor: Browser,
  identity: ExternalIdentity,
): Promise<User> {
  const known = await knownIdentity(tx, identity);
  if (known) return known.user;
  // First of all: whoever types somebody's address at a provider learns nothing of it here.
  const { data: email } = emailSchema.safeParse(identity.email);
  if (!identity.emailVerified || email === undefined) throw new DomainError("provider.no-email");
  const user = await tx.user.findUnique({ where: { email }, include: { identities: true } });
  if (!user) return openAccount(tx, sys, actor, identity, email);
  if (!isSurelyTheirs(user, identity) || (await wasUnlinked(tx, user.id, identity)))
    throw new DomainError("provider.address-in-use");
  await linkIdentity(tx, sys, actor, user.id, identity);
  return user;
}

/**
 * Both sides must know whose mailbox it is. Else somebody could open an account with another's address and wait for them, or enter
 * with an address that was theirs once. A second identity at the same provider is another person: addresses are given out again.
 */
function isSurelyTheirs(
  user: User & { identities: readonly { issuer: string }[] },
  { emailAuthoritative, issuer }: ExternalIdentity,
): boolean {
  const isOnlyOne = user.identities.every((other) => other.issuer !== issuer);
  return emailAuthoritative && user.emailVerifiedAt !== null && isOnlyOne;
}

/** Whoever took a provider off their account doesn't want its people to enter by the address alone. */
async function wasUnlinked(
  tx: Transaction,
  userId: string,
  { provider }: ExternalIdentity,
): Promise<boolean> {
  const removal = await tx.auditEvent.findFirst({
    where: { userId, action: "auth.provider-unlinked", details: { path: ["provider"], equals: provider } },
    select: { id: true },
  });
  return removal !== null;
}

/** Without a password. Unless the provider knows at this moment whose mailbox it is, the address must be verified like any other. */
async function openAccount(
  tx: Transaction,
  sys: AuthSystem,
  actor: Browser,
  identity: ExternalIdentity,
  email: string,
): Promise<User> {
  const createdAt = sys.clock.now();
  const user = await tx.user.create({
    data: {
      id: sys.random.uuid(),
      email,
      emailVerifiedAt: identity.emailAuthoritative ? createdAt : null,
      createdAt,
    },
  });
  await keepIdentity(tx, sys, user.id, identity);
  await recordEvent(tx, sys, actor, {
    action: "auth.registered",
    targetId: user.id,
    userId: user.id,
    details: { method: identity.provider },
  });
  if (user.emailVerifiedAt === null) await mailVerification(tx, sys, user);
  return user;
}
