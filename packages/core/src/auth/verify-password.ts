import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError, type ErrorCode } from "../errors.ts";
import type { User } from "../generated/prisma/client.ts";
import type { SessionAudience } from "../generated/prisma/enums.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import type { Browser } from "./begin-session.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { verifyAuthKey } from "./hash-auth-key.ts";
import type { loginInput } from "./schema.ts";

/**
 * Whose password it is. An unknown address and a wrong key are the same answer after the same work: auth.wrong-credentials. What
 * follows begins with `requireSamePassword`. Throws request.too-many, auth.busy.
 */
export async function verifyPassword(
  sys: AuthSystem,
  actor: Browser,
  audience: SessionAudience,
  { email, authKey }: z.infer<typeof loginInput>,
): Promise<User> {
  await consumeLimit(sys, actor, "login.account", email);
  const user = await sys.db.user.findUnique({ where: { email } });
  const verified = await verifyAuthKey(sys, user?.passwordHash ?? null, authKey);
  if (!user || !verified) return refuseLogin(sys, actor, audience, user, "auth.wrong-credentials");
  return user;
}

/** Throws the reason, which the log keeps. */
export async function refuseLogin(
  sys: AuthSystem,
  actor: Browser,
  audience: SessionAudience,
  user: User | null,
  reason: ErrorCode,
): Promise<never> {
  await recordEvent(sys.db, sys, actor, {
    action: "auth.login-failed",
    outcome: "refused",
    details: { audience, reason },
    ...(user && { userId: user.id, targetId: user.id }),
  });
  throw new DomainError(reason);
}
