import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { User } from "../generated/prisma/client.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { sendMail } from "../notifications/send-mail.ts";
import type { Browser } from "./begin-session.ts";
import { createAccount, isTaken } from "./create-account.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { hashAuthKey } from "./hash-auth-key.ts";
import { isStrongEnough } from "./rules.ts";
import type { registerInput } from "./schema.ts";
import { mailVerification } from "./send-verification.ts";

type Input = z.infer<typeof registerInput>;

/**
 * Opens an account; its first sign-in follows. For an address that has one the answer is the same after the same work: nothing is
 * changed, and the owner gets a mail. A repeat after a lost answer is the same account.
 */
export async function registerAccount(sys: AuthSystem, actor: Browser, input: Input): Promise<void> {
  await consumeLimit(sys, actor, "register.account", input.email);
  if (!isStrongEnough(input.kdf)) throw new DomainError("auth.weak-key-derivation");
  await refuseForeignIds(sys, input);
  const passwordHash = await hashAuthKey(sys, input.authKey);
  const existing = await sys.db.user.findUnique({ where: { email: input.email } });
  if (existing) return await tellOwner(sys, actor, input, existing);
  try {
    await open(sys, actor, input, passwordHash);
  } catch (error) {
    if (!isTaken(error)) throw error;
    const winner = await sys.db.user.findUnique({ where: { email: input.email } });
    if (!winner) throw new DomainError("input.invalid", { field: "userId" });
    await tellOwner(sys, actor, input, winner);
  }
}

/** Ids are random and made by the client: one that is somebody else's was made up. Asked whatever the address, so that it tells nothing of it. */
async function refuseForeignIds(sys: AuthSystem, { userId, email, slot }: Input): Promise<void> {
  const [user, foreignSlot] = await Promise.all([
    sys.db.user.findFirst({ where: { id: userId, email: { not: email } }, select: { id: true } }),
    sys.db.vaultSlot.findFirst({ where: { id: slot.id, userId: { not: userId } }, select: { id: true } }),
  ]);
  if (user || foreignSlot) throw new DomainError("input.invalid", { field: user ? "userId" : "slot" });
}

async function open(
  sys: AuthSystem,
  actor: Browser,
  { userId, email, kdf, slot }: Input,
  passwordHash: string,
): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    const user = await createAccount(tx, sys, { userId, email, kdf, slot, passwordHash, role: "user" });
    await recordEvent(tx, sys, actor, { action: "auth.registered", targetId: user.id, userId: user.id });
    await mailVerification(tx, sys, user);
  });
}

async function tellOwner(sys: AuthSystem, actor: Browser, { userId }: Input, owner: User): Promise<void> {
  if (owner.id === userId) return; // a repeat
  await sys.db.$transaction(async (tx) => {
    await recordEvent(tx, sys, actor, {
      action: "auth.registration-refused",
      outcome: "refused",
      targetId: owner.id,
      userId: owner.id,
    });
    await sendMail(tx, sys, { to: owner.email, template: { kind: "account-exists" } });
  });
}
