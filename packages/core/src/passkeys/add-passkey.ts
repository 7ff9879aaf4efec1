import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { isTaken } from "../auth/create-account.ts";
import { lockAccount, secondFactorsOf } from "../auth/queries.ts";
import { writeRecoveryCodes } from "../auth/replace-recovery-codes.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { UserActor } from "../system.ts";
import { type PasskeySystem, passkeyView, spendChallenge } from "./queries.ts";
import { passkeysPerUser } from "./rules.ts";
import type { addPasskeyInput, addPasskeyOutput } from "./schema.ts";
import { checkRegistration, relyingPartyOf } from "./webauthn.ts";

/**
 * Adds a passkey to the caller's account: from now on it signs in by itself, and a password alone no longer does. With the first
 * second factor come the recovery codes. Throws passkey.refused, passkey.known, auth.limit-reached.
 */
export async function addPasskey(
  sys: PasskeySystem,
  actor: UserActor,
  { challengeId, name, response }: z.infer<typeof addPasskeyInput>,
): Promise<z.infer<typeof addPasskeyOutput>> {
  const { userId, sessionId } = actor;
  const challenge = await spendChallenge(sys, "add_passkey", challengeId, { userId, sessionId });
  const credential = await checkRegistration(relyingPartyOf(sys.config), challenge, response);
  try {
    return await sys.db.$transaction(async (tx) => {
      await lockAccount(tx, userId);
      if ((await tx.passkey.count({ where: { userId } })) >= passkeysPerUser)
        throw new DomainError("auth.limit-reached", { limit: passkeysPerUser });
      const isFirst = (await secondFactorsOf(tx, userId)).length === 0;
      const added = await tx.passkey.create({
        data: { id: sys.random.uuid(), userId, name, createdAt: sys.clock.now(), ...credential },
      });
      await recordEvent(tx, sys, actor, {
        action: "auth.passkey-added",
        targetId: added.id,
        details: { name, synced: added.synced },
      });
      await notifyOwner(tx, sys, userId, { actor, change: "passkey-added", name });
      const codes = isFirst ? await writeRecoveryCodes(tx, sys, userId) : null;
      return { passkey: passkeyView(added), codes };
    });
  } catch (error) {
    if (isTaken(error)) throw new DomainError("passkey.known");
    throw error;
  }
}
