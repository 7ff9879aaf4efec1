import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { User } from "../generated/prisma/client.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { checkOwnPasskey } from "../passkeys/check-own-passkey.ts";
import type { PasskeySystem } from "../passkeys/queries.ts";
import type { Actor, Client, MailLinkActor, System, Transaction } from "../system.ts";
import { passwordSlot } from "../vault/queries.ts";
import { checkCode } from "./check-code.ts";
import { refuseTakenSlot } from "./create-account.ts";
import { hashAuthKey } from "./hash-auth-key.ts";
import { type MailLink, spendMailLink } from "./mail-links.ts";
import { lockAccount } from "./queries.ts";
import { factorsBesides, openResetLink } from "./reset-link.ts";
import { isStrongEnough, takeoverLinks } from "./rules.ts";
import type { FactorProof, resetPasswordInput } from "./schema.ts";
import { endSessions } from "./sessions.ts";

type Input = z.infer<typeof resetPasswordInput>;

/**
 * A new password for whoever holds the link and, where there is one, the second factor; it signs nobody in. Every session ends. What
 * the old password had encrypted stays for thirty days, out of reach, and a new vault begins. API tokens end; passkeys and linked
 * accounts stay. Instances go on running.
 * Whoever opened an account with an address that was never confirmed may be somebody else: it becomes the mailbox owner's, without
 * what they added. Throws auth.link-expired, auth.second-factor-required with the `factors`, auth.wrong-code, passkey.refused,
 * auth.weak-key-derivation.
 */
export async function resetPassword(
  sys: PasskeySystem,
  client: Extract<Actor, Client>,
  input: Input,
): Promise<void> {
  if (!isStrongEnough(input.kdf)) throw new DomainError("auth.weak-key-derivation");
  const { link, actor } = await openResetLink(sys, client, input.token);
  const proof = await demandedProof(sys, link, input.proof);
  const passwordHash = await hashAuthKey(sys, input.authKey);
  await withProof(sys, actor, proof, async (tx) => {
    const { userId } = actor;
    await lockAccount(tx, userId);
    await spendMailLink(tx, sys, link);
    const isClaimed = link.user.emailVerifiedAt === null;
    const wasAdmin = isClaimed && (await dropUnverifiedAccess(tx, userId));
    await startNewVault(tx, sys, actor, input);
    // Not when the address was changed or confirmed meanwhile.
    const { count } = await tx.user.updateMany({
      where: { id: userId, email: link.email, emailVerifiedAt: link.user.emailVerifiedAt },
      data: {
        passwordHash,
        kdf: input.kdf,
        signingKey: null,
        emailVerifiedAt: link.user.emailVerifiedAt ?? sys.clock.now(),
      },
    });
    if (count === 0) throw new DomainError("auth.link-expired");
    await tx.mailToken.deleteMany({
      where: { userId, id: { not: link.id }, purpose: { in: takeoverLinks } },
    });
    const ended = await endSessions(tx, userId, null);
    const { count: revoked } = await tx.apiToken.deleteMany({ where: { userId } });
    await recordEvent(tx, sys, actor, {
      action: "auth.password-reset",
      targetId: userId,
      details: {
        endedSessions: ended,
        revokedTokens: revoked,
        factor: proof?.kind ?? "none",
        ...(wasAdmin && { role: "user" }),
      },
    });
    await notifyOwner(tx, sys, userId, { actor, change: isClaimed ? "account-claimed" : "password-reset" });
  }).catch(refuseTakenSlot);
}

/** Null when the account has no second factor that is its owner's. */
async function demandedProof(
  sys: PasskeySystem,
  link: MailLink,
  proof: FactorProof | null,
): Promise<FactorProof | null> {
  const factors = await factorsBesides(sys.db, link);
  if (factors.length === 0) return null;
  if (proof === null) throw new DomainError("auth.second-factor-required", { factors: factors.join(",") });
  return proof;
}

async function withProof(
  sys: PasskeySystem,
  actor: MailLinkActor,
  proof: FactorProof | null,
  change: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const failure = "auth.password-reset-failed";
  if (proof?.kind === "totp" || proof?.kind === "recovery-code")
    return checkCode(sys, actor, proof, failure, change);
  if (proof) await checkOwnPasskey(sys, actor, proof, failure);
  return sys.db.$transaction(change);
}

/**
 * Nobody had shown that the mailbox was theirs: whoever opened the account may have been somebody else. Whether it was an admin's:
 * the invitation was theirs, and the mailbox alone is none.
 */
async function dropUnverifiedAccess(tx: Transaction, userId: User["id"]): Promise<boolean> {
  await tx.totp.deleteMany({ where: { userId } });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.passkey.deleteMany({ where: { userId } });
  await tx.identity.deleteMany({ where: { userId } });
  const { count } = await tx.user.updateMany({
    where: { id: userId, role: "admin" },
    data: { role: "user" },
  });
  return count > 0;
}

async function startNewVault(
  tx: Transaction,
  sys: System,
  actor: MailLinkActor,
  { slot }: Input,
): Promise<void> {
  const { userId } = actor;
  const now = sys.clock.now();
  const leftBehind = { where: { userId, staleAt: null }, data: { staleAt: now } };
  await tx.vaultSlot.updateMany(leftBehind);
  await tx.vaultConfig.updateMany(leftBehind);
  await tx.vaultIndex.deleteMany({ where: { userId } });
  // A deployment that waits was signed with a key of the old vault: the worker would take that for the account's again.
  await tx.deployment.updateMany({
    where: { sealed: { not: null }, operation: { instance: { ownerId: userId } } },
    data: { sealed: null },
  });
  await tx.vaultSlot.create({ data: { ...passwordSlot(slot, now), userId } });
  await recordEvent(tx, sys, actor, { action: "vault.replaced", targetId: slot.id });
}
