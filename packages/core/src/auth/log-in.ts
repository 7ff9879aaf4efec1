import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { SessionAudience } from "../generated/prisma/enums.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { type BegunSession, type Browser, beginSession } from "./begin-session.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { requireCapacity, verifyAuthKey } from "./hash-auth-key.ts";
import type { loginInput } from "./schema.ts";

/**
 * Starts a new session and ends the one that the browser came with; a half one when a second factor is owed.
 * An unknown address and a wrong key are the same answer after the same work: auth.wrong-credentials.
 * Throws admin.required when the account may not use the admin app, and request.too-many.
 */
export async function logIn(
  sys: AuthSystem,
  actor: Browser,
  audience: SessionAudience,
  { email, authKey }: z.infer<typeof loginInput>,
): Promise<BegunSession> {
  requireCapacity(sys);
  await consumeLimit(sys, actor, "login.account", email);
  const user = await sys.db.user.findUnique({ where: { email } });
  const verified = await verifyAuthKey(sys, user?.passwordHash ?? null, authKey);
  const refusal = !verified
    ? "auth.wrong-credentials"
    : audience === "admin" && user?.role !== "admin"
      ? "admin.required"
      : null;

  if (!user || refusal) {
    await recordEvent(sys.db, sys, actor, {
      action: "auth.login-failed",
      outcome: "refused",
      details: { audience, reason: refusal ?? "auth.wrong-credentials" },
      ...(user && { userId: user.id, targetId: user.id }),
    });
    throw new DomainError(refusal ?? "auth.wrong-credentials");
  }
  return sys.db.$transaction((tx) =>
    beginSession(tx, sys, actor, audience, user, { method: "password", isComplete: false }),
  );
}
