import type { z } from "zod";
import { DomainError } from "../errors.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { IdentityRefused, type ProviderName } from "../ports.ts";
import type { UserActor } from "../system.ts";
import type { Browser } from "./begin-session.ts";
import { ownPathOf } from "./own-path.ts";
import { keepAttempt, type ProviderSystem } from "./provider-attempts.ts";
import { secondFactorsOf } from "./queries.ts";
import { isProven } from "./rules.ts";
import type { beginProviderInput } from "./schema.ts";

type Input = z.infer<typeof beginProviderInput>;

/** The address that a provider sends people back to; it knows this one and no other. */
export const redirectUriOf = (sys: ProviderSystem, provider: ProviderName) =>
  `${sys.config.WEB_URL}/auth/${provider}/callback`;

/**
 * Where the browser goes to sign in at the provider, and the cookie by which it is known when it comes back. What is to happen then
 * is decided now, and bound to the session that asked. Throws auth.method-missing, auth.required, auth.step-up-required,
 * provider.unreachable, request.too-many.
 */
export async function beginProvider(
  sys: ProviderSystem,
  actor: Browser,
  { provider, purpose, target: wish }: Input,
): Promise<{ url: string; cookie: string }> {
  await consumeLimit(sys, actor, "provider");
  const target = ownPathOf(wish);
  if (target === null) throw new DomainError("input.invalid", { field: "target" });
  const identityProvider = sys.identityProviders[provider];
  if (!identityProvider) throw new DomainError("auth.method-missing");
  const bound = await boundTo(sys, actor, provider, purpose);
  try {
    const { url, checks } = await identityProvider.begin({
      redirectUri: redirectUriOf(sys, provider),
      fresh: purpose === "step_up",
      ...(bound.loginHint !== null && { loginHint: bound.loginHint }),
    });
    const { userId, sessionId } = bound;
    return { url, cookie: await keepAttempt(sys, { provider, purpose, target, userId, sessionId }, checks) };
  } catch (error) {
    if (!(error instanceof IdentityRefused)) throw error;
    sys.log.warn({ provider, problem: error.message }, "provider unreachable");
    throw new DomainError("provider.unreachable");
  }
}

type Bound = { userId: string | null; sessionId: string | null; loginHint: string | null };

/**
 * Another way to sign in may be added only by whoever has shown lately that the account is theirs. The provider may show that only for
 * accounts that have nothing of their own: at an open browser it takes a click.
 */
async function boundTo(
  sys: ProviderSystem,
  actor: Browser,
  provider: ProviderName,
  purpose: Input["purpose"],
): Promise<Bound> {
  if (purpose === "sign_in") return { userId: null, sessionId: null, loginHint: null };
  const { userId, sessionId, provenAt } = personIn(actor);
  if (purpose === "link") {
    if (!isProven(provenAt, sys.clock.now())) throw new DomainError("auth.step-up-required");
    return { userId, sessionId, loginHint: null };
  }
  const identity = await sys.db.identity.findFirst({
    where: { userId, provider, user: { passwordHash: null } },
  });
  const hasBetter = (await secondFactorsOf(sys.db, userId)).length > 0;
  if (!identity || hasBetter) throw new DomainError("auth.method-missing");
  return { userId, sessionId, loginHint: identity.email };
}

function personIn(actor: Browser): UserActor {
  if (actor.kind === "user") return actor;
  throw new DomainError(actor.kind === "half" ? "auth.second-factor-required" : "auth.required");
}
