import { recordEvent } from "../audit/record-event.ts";
import { type BegunSession, type Browser, beginSession } from "../auth/begin-session.ts";
import { DomainError } from "../errors.ts";
import { noteUse, type PasskeySystem, spendChallenge } from "./queries.ts";
import type { PasskeyAnswer } from "./schema.ts";
import { checkAuthentication, relyingPartyOf } from "./webauthn.ts";

/**
 * Signs in with a passkey alone: it is something that the person has, and it has recognised them. No limit on the account stands in
 * the way, so that whoever's password is under attack still gets in. Throws passkey.refused.
 */
export async function signInWithPasskey(
  sys: PasskeySystem,
  actor: Browser,
  { challengeId, response }: PasskeyAnswer,
): Promise<BegunSession> {
  const passkey = await sys.db.passkey.findUnique({
    where: { credentialId: response.id },
    include: { user: true },
  });
  try {
    const nobody = { userId: null, sessionId: null };
    const challenge = await spendChallenge(sys, "sign_in", challengeId, nobody);
    if (!passkey) throw new DomainError("passkey.refused");
    const used = await checkAuthentication(relyingPartyOf(sys.config), challenge, response, passkey);
    return await sys.db.$transaction(async (tx) => {
      await noteUse(tx, sys, passkey, used);
      return beginSession(tx, sys, actor, "app", passkey.user, { method: "passkey", isComplete: true });
    });
  } catch (error) {
    if (error instanceof DomainError)
      await recordEvent(sys.db, sys, actor, {
        action: "auth.login-failed",
        outcome: "refused",
        ...(passkey && { userId: passkey.userId, targetId: passkey.userId }),
        details: { audience: "app", reason: error.code },
      });
    throw error;
  }
}
