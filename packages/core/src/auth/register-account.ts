import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { Actor } from "../system.ts";
import { createAccount, isTaken } from "./create-account.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { hashAuthKey, verifyAuthKey } from "./hash-auth-key.ts";
import { type Me, meView } from "./queries.ts";
import { isStrongEnough } from "./rules.ts";
import type { registerInput } from "./schema.ts";
import { openSession } from "./sessions.ts";

type Input = z.infer<typeof registerInput>;

/** Opens an account and signs in. A repeat after a lost answer is the same account. Throws auth.email-taken. */
export async function registerAccount(
  sys: AuthSystem,
  actor: Actor,
  input: Input,
): Promise<{ me: Me; cookie: string }> {
  if (!isStrongEnough(input.kdf)) throw new DomainError("auth.weak-key-derivation");
  const { authKey, ...account } = input;
  const passwordHash = await hashAuthKey(sys, authKey);
  try {
    return await sys.db.$transaction(async (tx) => {
      const user = await createAccount(tx, sys, { ...account, passwordHash, role: "user" });
      await recordEvent(tx, sys, actor, { action: "auth.registered", targetId: user.id, userId: user.id });
      return { me: meView(user), cookie: await openSession(tx, sys, "app", user.id) };
    });
  } catch (error) {
    if (!isTaken(error)) throw error;
    return signInToRepeated(sys, input);
  }
}

async function signInToRepeated(
  sys: AuthSystem,
  { email, userId, authKey }: Input,
): Promise<{ me: Me; cookie: string }> {
  const user = await sys.db.user.findUnique({ where: { email } });
  // Ids are random and made by the client: one that is taken without the address was made up.
  if (!user) throw new DomainError("input.invalid", { field: "userId" });
  const same = (await verifyAuthKey(sys, user.passwordHash, authKey)) && user.id === userId;
  if (!same) throw new DomainError("auth.email-taken");
  return {
    me: meView(user),
    cookie: await sys.db.$transaction((tx) => openSession(tx, sys, "app", user.id)),
  };
}
