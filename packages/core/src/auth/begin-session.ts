import { recordEvent } from "../audit/record-event.ts";
import type { User } from "../generated/prisma/client.ts";
import type { SessionAudience } from "../generated/prisma/enums.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { Actor, Client, Transaction } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { rememberDevice } from "./devices.ts";
import { type Me, meView, secondFactorsOf } from "./queries.ts";
import { providerName, type SecondFactor, type SignInMethod } from "./schema.ts";
import { endSession, openSession } from "./sessions.ts";

/** `me` is null while a second factor is owed: one of `factors`. `cookies` are values of `Set-Cookie` headers. */
export type BegunSession = { me: Me | null; factors: SecondFactor[]; cookies: string[] };

export type Browser = Extract<Actor, Client>;

/**
 * What every way to sign in ends with: the session that the browser came with ends, a new one begins. It is half while a second
 * factor is owed; `isComplete` says that what was shown is enough by itself, as a passkey is. The owner hears of a browser that is
 * new.
 */
export async function beginSession(
  tx: Transaction,
  sys: AuthSystem,
  actor: Browser,
  audience: SessionAudience,
  user: User,
  { method, isComplete }: { method: SignInMethod; isComplete: boolean },
): Promise<BegunSession> {
  const { data: provider = null } = providerName.safeParse(method);
  if ("sessionId" in actor) await endSession(tx, actor.sessionId);
  const factors = isComplete ? [] : await owedFactors(tx, audience, user.id);
  if (factors.length > 0) {
    await recordEvent(tx, sys, actor, {
      action: "auth.login-begun",
      targetId: user.id,
      userId: user.id,
      details: { audience, method },
    });
    return {
      me: null,
      factors,
      cookies: [await openSession(tx, sys, audience, user.id, actor, { stage: "half", begunBy: provider })],
    };
  }

  const device = await rememberDevice(tx, sys, user.id, actor);
  // At an open browser, signing in at a provider takes a click: nobody gets past the password with it.
  const isProof = provider === null || user.passwordHash === null;
  const session = await openSession(tx, sys, audience, user.id, actor, { isProof });
  await recordEvent(tx, sys, actor, {
    action: "auth.login",
    targetId: user.id,
    userId: user.id,
    details: { audience, method, newDevice: device.isNew },
  });
  if (device.isNew) await notifyOwner(tx, sys, user.id, { actor, change: "new-device" });
  return {
    me: meView(user),
    factors: [],
    cookies: device.cookie === null ? [session] : [session, device.cookie],
  };
}

/** The admin app has another host than the one that passkeys are made for. An account with passkeys alone needs a recovery code there. */
async function owedFactors(
  tx: Transaction,
  audience: SessionAudience,
  userId: string,
): Promise<SecondFactor[]> {
  const factors = await secondFactorsOf(tx, userId);
  if (audience === "app" || factors.length === 0) return factors;
  const usable = factors.filter((factor) => factor !== "passkey");
  return usable.length > 0 ? usable : ["recovery-code"];
}
