import { recordEvent } from "../audit/record-event.ts";
import type { AuditAction } from "../audit/schema.ts";
import { DomainError } from "../errors.ts";
import type { HalfActor, MailLinkActor, UserActor } from "../system.ts";
import { boundTo, noteUse, type PasskeySystem, spendChallenge } from "./queries.ts";
import type { PasskeyAnswer } from "./schema.ts";
import { checkAuthentication, relyingPartyOf } from "./webauthn.ts";

/** Accepts an answer to a question that this session, or the holder of a mailed link, was asked, by a passkey of its account. Throws passkey.refused. */
export async function checkOwnPasskey(
  sys: PasskeySystem,
  actor: HalfActor | UserActor | MailLinkActor,
  { challengeId, response }: PasskeyAnswer,
  failure: AuditAction,
): Promise<void> {
  const { userId } = actor;
  try {
    const challenge = await spendChallenge(sys, "second_factor", challengeId, boundTo(actor));
    const passkey = await sys.db.passkey.findFirst({ where: { credentialId: response.id, userId } });
    if (!passkey) throw new DomainError("passkey.refused");
    const used = await checkAuthentication(relyingPartyOf(sys.config), challenge, response, passkey);
    await noteUse(sys.db, sys, passkey, used);
  } catch (error) {
    if (error instanceof DomainError)
      await recordEvent(sys.db, sys, actor, {
        action: failure,
        outcome: "refused",
        targetId: userId,
        details: { factor: "passkey" },
      });
    throw error;
  }
}
