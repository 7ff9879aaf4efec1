import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { System, UserActor } from "../system.ts";
import type { revokeSessionInput, revokeSessionOutput } from "./schema.ts";
import { endSessions } from "./sessions.ts";

/** Ends one session of the caller, or every other one. Another's and an unknown one are the same answer: session.missing. */
export async function revokeSessions(
  sys: System,
  actor: UserActor,
  { sessionId }: z.infer<typeof revokeSessionInput>,
): Promise<z.infer<typeof revokeSessionOutput>> {
  const { userId } = actor;
  return sys.db.$transaction(async (tx) => {
    if (sessionId === null) {
      const revoked = await endSessions(tx, userId, actor.sessionId);
      await recordEvent(tx, sys, actor, {
        action: "auth.sessions-revoked",
        targetId: userId,
        details: { revoked },
      });
      if (revoked > 0) await notifyOwner(tx, sys, userId, { actor, change: "sessions-revoked" });
      return { revoked };
    }
    const { count } = await tx.session.deleteMany({ where: { id: sessionId, userId } });
    if (count === 0) throw new DomainError("session.missing");
    await recordEvent(tx, sys, actor, { action: "auth.session-revoked", targetId: sessionId });
    return { revoked: 1 };
  });
}
