import type { z } from "zod";
import type { Browser } from "../auth/begin-session.ts";
import { DomainError } from "../errors.ts";
import type { HalfActor, MailLinkActor, UserActor } from "../system.ts";
import { boundTo, keepChallenge, type PasskeySystem } from "./queries.ts";
import type { question } from "./schema.ts";
import { authenticationOptions, relyingPartyOf } from "./webauthn.ts";

/** Asks for any passkey of this site, before anybody is known. */
export async function askAnyPasskey(sys: PasskeySystem, _actor: Browser): Promise<z.infer<typeof question>> {
  const options = await authenticationOptions(relyingPartyOf(sys.config));
  const nobody = { userId: null, sessionId: null };
  const challengeId = await keepChallenge(sys, "sign_in", options.challenge, nobody);
  return { challengeId, options: { ...options } };
}

/** Asks for a passkey of the caller: as second factor, or to prove once more who they are. Throws auth.method-missing. */
export async function askOwnPasskey(
  sys: PasskeySystem,
  actor: HalfActor | UserActor | MailLinkActor,
): Promise<z.infer<typeof question>> {
  const passkeys = await sys.db.passkey.findMany({ where: { userId: actor.userId } });
  if (passkeys.length === 0) throw new DomainError("auth.method-missing");
  const options = await authenticationOptions(relyingPartyOf(sys.config), passkeys);
  const challengeId = await keepChallenge(sys, "second_factor", options.challenge, boundTo(actor));
  return { challengeId, options: { ...options } };
}
