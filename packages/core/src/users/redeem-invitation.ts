import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { type BegunSession, type Browser, beginSession } from "../auth/begin-session.ts";
import { createAccount, isTaken } from "../auth/create-account.ts";
import type { AuthSystem } from "../auth/derive-secret.ts";
import { hashAuthKey } from "../auth/hash-auth-key.ts";
import { requireSamePassword } from "../auth/queries.ts";
import { isStrongEnough } from "../auth/rules.ts";
import { verifyPassword } from "../auth/verify-password.ts";
import { DomainError } from "../errors.ts";
import type { User } from "../generated/prisma/client.ts";
import { hashOf } from "../secrets.ts";
import type { Transaction } from "../system.ts";
import { openInvitation } from "./queries.ts";
import type { redeemInvitationInput } from "./schema.ts";

type Input = z.infer<typeof redeemInvitationInput>;

/**
 * Makes the invited person an admin and signs them in to the admin app: with a new account, or with the one of their
 * address once its password is proven. Throws admin.invitation-missing, auth.wrong-credentials, auth.email-taken.
 */
export async function redeemInvitation(sys: AuthSystem, actor: Browser, input: Input): Promise<BegunSession> {
  const { email } = await openInvitation(sys.db, sys, input.token);
  const becomeAdmin = input.account
    ? await newAdmin(sys, email, input.authKey, input.account)
    : await provenAdmin(sys, actor, email, input.authKey);
  try {
    return await sys.db.$transaction(async (tx) => {
      const { count } = await tx.adminInvitation.deleteMany({
        where: { tokenHash: hashOf(input.token) },
      });
      if (count === 0) throw new DomainError("admin.invitation-missing");
      const user = await becomeAdmin(tx);
      await recordEvent(tx, sys, actor, { action: "admin.redeemed", targetId: user.id, userId: user.id });
      return beginSession(tx, sys, actor, "admin", user, {
        method: "invitation",
        isComplete: false,
      });
    });
  } catch (error) {
    if (isTaken(error)) throw new DomainError("auth.email-taken");
    throw error;
  }
}

type BecomeAdmin = (tx: Transaction) => Promise<User>;

async function newAdmin(
  sys: AuthSystem,
  email: string,
  authKey: string,
  account: NonNullable<Input["account"]>,
): Promise<BecomeAdmin> {
  if (!isStrongEnough(account.kdf)) throw new DomainError("auth.weak-key-derivation");
  const passwordHash = await hashAuthKey(sys, authKey);
  return (tx) => createAccount(tx, sys, { ...account, email, passwordHash, role: "admin" });
}

async function provenAdmin(
  sys: AuthSystem,
  actor: Browser,
  email: string,
  authKey: string,
): Promise<BecomeAdmin> {
  const user = await verifyPassword(sys, actor, "admin", { email, authKey });
  return async (tx) => {
    await requireSamePassword(tx, user);
    return tx.user.update({ where: { id: user.id }, data: { role: "admin" } });
  };
}
