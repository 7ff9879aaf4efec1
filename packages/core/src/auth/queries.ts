import type { z } from "zod";
import { DomainError } from "../errors.ts";
import type { Identity, User } from "../generated/prisma/client.ts";
import type { ExternalIdentity } from "../ports.ts";
import type { Database, System, Transaction } from "../system.ts";
import type { me, SecondFactor } from "./schema.ts";

export type Me = z.infer<typeof me>;

export function meView({ id, email, role, createdAt }: User): Me {
  return { id, email, role, createdAt };
}

/** By which a sign-in with the password must be completed; none when the account has no second factor. */
export async function secondFactorsOf(db: Database | Transaction, userId: string): Promise<SecondFactor[]> {
  const { totp, _count } = await db.user.findUniqueOrThrow({
    where: { id: userId },
    select: {
      totp: { select: { confirmedAt: true } },
      _count: { select: { passkeys: true, recoveryCodes: { where: { usedAt: null } } } },
    },
  });
  const own: SecondFactor[] = [
    ...(_count.passkeys > 0 ? (["passkey"] as const) : []),
    ...(totp?.confirmedAt ? (["totp"] as const) : []),
  ];
  return own.length > 0 && _count.recoveryCodes > 0 ? [...own, "recovery-code"] : own;
}

/** Changes of who may sign in follow one another until the transaction ends. */
export async function lockAccount(tx: Transaction, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "User" WHERE id = ${userId}::uuid FOR UPDATE`;
}

/**
 * For the transaction that follows a verification, which takes its time: a password that was replaced meanwhile opens nothing. Locks
 * the account. Throws auth.wrong-credentials.
 */
export async function requireSamePassword(tx: Transaction, { id, passwordHash }: User): Promise<void> {
  await lockAccount(tx, id);
  const now = await tx.user.findUniqueOrThrow({ where: { id }, select: { passwordHash: true } });
  if (now.passwordHash !== passwordHash) throw new DomainError("auth.wrong-credentials");
}

/** For the end of a removal, after `lockAccount`: something must still sign in. Throws auth.last-method. */
export async function requireAnotherMethod(tx: Transaction, userId: string): Promise<void> {
  const { passwordHash, _count } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { passwordHash: true, _count: { select: { passkeys: true, identities: true } } },
  });
  if (passwordHash === null && _count.passkeys + _count.identities === 0)
    throw new DomainError("auth.last-method");
}

type IdentityKey = Pick<ExternalIdentity, "issuer" | "subject">;
const whereIdentity = ({ issuer, subject }: IdentityKey) => ({ issuer_subject: { issuer, subject } });

/** The identity with its account, if it signs in to one. */
export async function knownIdentity(
  tx: Transaction,
  identity: IdentityKey,
): Promise<(Identity & { user: User }) | null> {
  return tx.identity.findUnique({ where: whereIdentity(identity), include: { user: true } });
}

/** Returns its id. Throws what `isTaken` recognises. */
export async function keepIdentity(
  tx: Transaction,
  sys: System,
  userId: string,
  { provider, issuer, subject, email }: ExternalIdentity,
): Promise<string> {
  const id = sys.random.uuid();
  await tx.identity.create({
    data: { id, userId, provider, issuer, subject, email, createdAt: sys.clock.now() },
  });
  return id;
}

export async function noteIdentityUse(tx: Transaction, sys: System, identity: IdentityKey): Promise<void> {
  await tx.identity.update({ where: whereIdentity(identity), data: { usedAt: sys.clock.now() } });
}
