import type { z } from "zod";
import type { AuthSystem } from "../auth/derive-secret.ts";
import type { WebConfig } from "../config.ts";
import { DomainError } from "../errors.ts";
import type { Challenge, Passkey } from "../generated/prisma/client.ts";
import type { ChallengePurpose } from "../generated/prisma/enums.ts";
import type { Database, HalfActor, MailLinkActor, Transaction, UserActor } from "../system.ts";
import type { passkey } from "./schema.ts";

export type PasskeySystem = AuthSystem & { config: Pick<WebConfig, "WEB_URL"> };

const lifetimeMs = 5 * 60_000;

type Bound = { userId: string | null; sessionId: string | null };

/** Whoever follows a mailed link has no session yet. */
export const boundTo = (actor: HalfActor | UserActor | MailLinkActor): Bound => ({
  userId: actor.userId,
  sessionId: actor.kind === "mail-link" ? null : actor.sessionId,
});

/** Remembers what an authenticator was asked; it can be answered once, within five minutes, by whom it was made for. */
export async function keepChallenge(
  sys: PasskeySystem,
  purpose: ChallengePurpose,
  value: string,
  { userId, sessionId }: Bound,
): Promise<string> {
  const createdAt = sys.clock.now();
  const { id } = await sys.db.challenge.create({
    data: {
      id: sys.random.uuid(),
      purpose,
      value,
      userId,
      sessionId,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + lifetimeMs),
    },
  });
  return id;
}

/** Takes the challenge away for good, right or wrong as its answer may be. Throws passkey.refused when there is none. */
export async function spendChallenge(
  sys: PasskeySystem,
  purpose: ChallengePurpose,
  id: string,
  { userId, sessionId }: Bound,
): Promise<string> {
  const where = { id, purpose, userId, sessionId, expiresAt: { gt: sys.clock.now() } };
  const challenge: Challenge | null = await sys.db.challenge.findFirst({ where });
  const { count } = await sys.db.challenge.deleteMany({ where });
  if (!challenge || count === 0) throw new DomainError("passkey.refused");
  return challenge.value;
}

/** Notes the use. Of two at once with the same counter one counts; authenticators without a counter always say zero. */
export async function noteUse(
  db: Database | Transaction,
  sys: PasskeySystem,
  { id, counter: known }: Passkey,
  { counter, synced }: { counter: bigint; synced: boolean },
): Promise<void> {
  const { count } = await db.passkey.updateMany({
    where: { id, counter: known },
    data: { counter, synced, usedAt: sys.clock.now() },
  });
  if (count === 0) throw new DomainError("passkey.refused");
}

export function passkeyView({ id, name, synced, createdAt, usedAt }: Passkey): z.infer<typeof passkey> {
  return { id, name, synced, createdAt, usedAt };
}
