import type { z } from "zod";
import { DomainError } from "../errors.ts";
import type { UserActor } from "../system.ts";
import { keepChallenge, type PasskeySystem } from "./queries.ts";
import { passkeysPerUser } from "./rules.ts";
import type { question } from "./schema.ts";
import { registrationOptions, relyingPartyOf } from "./webauthn.ts";

/** Asks the caller's authenticator for a new passkey. Throws auth.limit-reached. */
export async function beginPasskey(
  sys: PasskeySystem,
  { userId, sessionId }: UserActor,
): Promise<z.infer<typeof question>> {
  const { email, passkeys } = await sys.db.user.findUniqueOrThrow({
    where: { id: userId },
    include: { passkeys: true },
  });
  if (passkeys.length >= passkeysPerUser)
    throw new DomainError("auth.limit-reached", { limit: passkeysPerUser });
  const rp = relyingPartyOf(sys.config);
  const options = await registrationOptions(rp, { userId, email, existing: passkeys });
  const challengeId = await keepChallenge(sys, "add_passkey", options.challenge, { userId, sessionId });
  return { challengeId, options: { ...options } };
}
