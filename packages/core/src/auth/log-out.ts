import { recordEvent } from "../audit/record-event.ts";
import type { SessionAudience } from "../generated/prisma/enums.ts";
import type { Actor, System } from "../system.ts";
import { blankCookie, endSession } from "./sessions.ts";

/** Ends the caller's session on the server, and the cookie with it. Whoever has none is signed out already. */
export async function logOut(
  sys: System,
  actor: Actor,
  audience: SessionAudience,
): Promise<{ cookie: string }> {
  if ("sessionId" in actor) {
    await sys.db.$transaction(async (tx) => {
      await endSession(tx, actor.sessionId);
      await recordEvent(tx, sys, actor, { action: "auth.logout", targetId: actor.userId });
    });
  }
  return { cookie: blankCookie(sys, audience) };
}
