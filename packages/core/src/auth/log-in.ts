import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { SessionAudience } from "../generated/prisma/enums.ts";
import type { Actor } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { verifyAuthKey } from "./hash-auth-key.ts";
import { type Me, meView } from "./queries.ts";
import type { loginInput } from "./schema.ts";
import { endSession, openSession } from "./sessions.ts";

/**
 * Starts a new session and ends the one that the browser came with.
 * An unknown address and a wrong key are the same answer after the same work: auth.wrong-credentials.
 * Throws admin.required when the account may not use the admin app.
 */
export async function logIn(
  sys: AuthSystem,
  actor: Actor,
  audience: SessionAudience,
  { email, authKey }: z.infer<typeof loginInput>,
): Promise<{ me: Me; cookie: string }> {
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
  return sys.db.$transaction(async (tx) => {
    if ("sessionId" in actor) await endSession(tx, actor.sessionId);
    await recordEvent(tx, sys, actor, {
      action: "auth.login",
      targetId: user.id,
      userId: user.id,
      details: { audience },
    });
    return { me: meView(user), cookie: await openSession(tx, sys, audience, user.id) };
  });
}
