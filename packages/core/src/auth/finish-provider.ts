import { recordEvent } from "../audit/record-event.ts";
import { DomainError, type ErrorCode } from "../errors.ts";
import type { ProviderPurpose } from "../generated/prisma/enums.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { type ExternalIdentity, IdentityRefused, type ProviderName } from "../ports.ts";
import type { Transaction } from "../system.ts";
import { redirectUriOf } from "./begin-provider.ts";
import type { Browser } from "./begin-session.ts";
import { isTaken } from "./create-account.ts";
import { linkIdentity } from "./link-identity.ts";
import { proveWithIdentity } from "./prove-with-identity.ts";
import { type Attempt, blankAttemptCookie, type ProviderSystem, takeAttempt } from "./provider-attempts.ts";
import { isProven } from "./rules.ts";
import type { SecondFactor } from "./schema.ts";
import { signInWithIdentity } from "./sign-in-with-identity.ts";

/** `factors`: by one of which the sign-in must still be completed. `cookies` are values of `Set-Cookie` headers. */
export type Arrival = { cookies: string[] } & (
  | { target: string; factors: SecondFactor[] }
  | { problem: ErrorCode; purpose: ProviderPurpose | null; target: string | null }
);

type Answer = { provider: ProviderName; callback: URL; cookies: string };

/**
 * Somebody comes back from a provider: what they left for happens, once, and only in the browser that left. A refusal is told to the
 * page that they left from, and to the audit log.
 */
export async function finishProvider(sys: ProviderSystem, actor: Browser, answer: Answer): Promise<Arrival> {
  const seen: { attempt: Attempt | null; identity: ExternalIdentity | null } = {
    attempt: null,
    identity: null,
  };
  try {
    await consumeLimit(sys, actor, "provider");
    const attempt = await takeAttempt(sys, answer.cookies);
    seen.attempt = attempt;
    if (attempt?.provider !== answer.provider) throw new DomainError("provider.refused");
    const identity = await identify(sys, attempt, answer.callback);
    seen.identity = identity;
    const { factors, cookies } = await settle(sys, actor, attempt, identity);
    return { target: attempt.target, factors, cookies: [...cookies, blankAttemptCookie] };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { purpose = null, target = null } = seen.attempt ?? {};
    if (error.code !== "request.too-many")
      await recordProviderRefusal(sys, actor, answer.provider, error.code, seen);
    return { problem: error.code, purpose, target, cookies: [blankAttemptCookie] };
  }
}

/** Who the provider says it is. Throws provider.refused, provider.denied, provider.unreachable. */
async function identify(
  sys: ProviderSystem,
  { provider, purpose, checks, createdAt }: Attempt,
  callback: URL,
): Promise<ExternalIdentity> {
  const identityProvider = sys.identityProviders[provider];
  if (!identityProvider) throw new DomainError("provider.refused");
  const awaySeconds = Math.ceil((sys.clock.now().getTime() - createdAt.getTime()) / 1000);
  try {
    return await identityProvider.finish({
      callback,
      redirectUri: redirectUriOf(sys, provider),
      checks,
      ...(purpose === "step_up" && { maxAgeSeconds: awaySeconds }),
    });
  } catch (error) {
    if (!(error instanceof IdentityRefused)) throw error;
    sys.log.warn({ provider, reason: error.reason, problem: error.message }, "identity refused");
    throw new DomainError(refusals[error.reason]);
  }
}

const refusals = {
  denied: "provider.denied",
  invalid: "provider.refused",
  unreachable: "provider.unreachable",
} as const satisfies Record<IdentityRefused["reason"], ErrorCode>;

type Settled = { factors: SecondFactor[]; cookies: string[] };

async function settle(
  sys: ProviderSystem,
  actor: Browser,
  attempt: Attempt,
  identity: ExternalIdentity,
): Promise<Settled> {
  const decide = () => sys.db.$transaction((tx) => settleIn(tx, sys, actor, attempt, identity));
  try {
    return await decide();
  } catch (error) {
    if (!isTaken(error)) throw error;
    // Somebody took the address or linked this identity at the same moment: it is another question now.
    return decide();
  }
}

async function settleIn(
  tx: Transaction,
  sys: ProviderSystem,
  actor: Browser,
  { purpose, userId, sessionId }: Attempt,
  identity: ExternalIdentity,
): Promise<Settled> {
  if (purpose === "sign_in") return signInWithIdentity(tx, sys, actor, identity);
  // Whoever signed out or changed accounts meanwhile has nothing to do with this attempt any more.
  if (actor.kind !== "user" || actor.userId !== userId || actor.sessionId !== sessionId)
    throw new DomainError("auth.required");
  if (purpose === "step_up")
    return { factors: [], cookies: [await proveWithIdentity(tx, sys, actor, identity)] };
  if (!isProven(actor.provenAt, sys.clock.now())) throw new DomainError("auth.step-up-required");
  await linkIdentity(tx, sys, actor, userId, identity);
  return { factors: [], cookies: [] };
}

async function recordProviderRefusal(
  sys: ProviderSystem,
  actor: Browser,
  provider: ProviderName,
  reason: ErrorCode,
  { attempt, identity }: { attempt: Attempt | null; identity: ExternalIdentity | null },
): Promise<void> {
  const userId = attempt?.userId ?? (await accountAimedAt(sys, reason, identity));
  await recordEvent(sys.db, sys, actor, {
    action: attempt?.purpose === "step_up" ? "auth.step-up-failed" : "auth.provider-refused",
    outcome: "refused",
    details: { provider, reason, purpose: attempt?.purpose ?? "unknown" },
    ...(userId !== null && { userId, targetId: userId }),
  });
}

/** Its owner should see that somebody with the same address knocked. */
async function accountAimedAt(
  sys: ProviderSystem,
  reason: ErrorCode,
  identity: ExternalIdentity | null,
): Promise<string | null> {
  if (reason !== "provider.address-in-use" || !identity?.email) return null;
  const user = await sys.db.user.findUnique({ where: { email: identity.email.toLowerCase() } });
  return user?.id ?? null;
}
