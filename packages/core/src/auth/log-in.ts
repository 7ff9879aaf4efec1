import type { z } from "zod";
import type { SessionAudience } from "../generated/prisma/enums.ts";
import { type BegunSession, type Browser, beginSession } from "./begin-session.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { requireSamePassword } from "./queries.ts";
import type { loginInput } from "./schema.ts";
import { refuseLogin, verifyPassword } from "./verify-password.ts";

/**
 * Starts a new session and ends the one that the browser came with; a half one when a second factor is owed.
 * Throws auth.wrong-credentials, admin.required when the account may not use the admin app, request.too-many, auth.busy.
 */
export async function logIn(
  sys: AuthSystem,
  actor: Browser,
  audience: SessionAudience,
  credentials: z.infer<typeof loginInput>,
): Promise<BegunSession> {
  const user = await verifyPassword(sys, actor, audience, credentials);
  if (audience === "admin" && user.role !== "admin")
    return refuseLogin(sys, actor, audience, user, "admin.required");
  return sys.db.$transaction(async (tx) => {
    await requireSamePassword(tx, user);
    return beginSession(tx, sys, actor, audience, user, { method: "password", isComplete: false });
  });
}
