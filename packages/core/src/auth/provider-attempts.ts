import type { WebConfig } from "../config.ts";
import type { ProviderAttempt } from "../generated/prisma/client.ts";
import type { AuthorizationChecks, IdentityProviders } from "../ports.ts";
import { hashOf, newSecret, secretInCookie } from "../secrets.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { openSecret, sealSecret } from "./seal-secret.ts";

/** What sign-in by a provider needs. */
export type ProviderSystem = AuthSystem & {
  config: Pick<WebConfig, "WEB_URL">;
  identityProviders: IdentityProviders;
};

const name = "__Host-provider";
const lifetimeSeconds = 600;

/** Lax: the browser must bring it when the provider sends it back. */
const cookieOf = (secret: string, maxAge: number) =>
  `${name}=${secret}; HttpOnly; Max-Age=${maxAge}; Path=/; SameSite=Lax; Secure`;

/** Value of the `Set-Cookie` header that makes the browser forget. */
export const blankAttemptCookie = cookieOf("", 0);

type Departure = Pick<ProviderAttempt, "provider" | "purpose" | "target" | "userId" | "sessionId">;
export type Attempt = Departure & { checks: AuthorizationChecks; createdAt: Date };

/** Remembers who left for a provider, and returns the value of the `Set-Cookie` header by which their browser is known again. */
export async function keepAttempt(
  sys: AuthSystem,
  departure: Departure,
  checks: AuthorizationChecks,
): Promise<string> {
  const secret = newSecret(sys);
  const secretHash = hashOf(secret);
  const createdAt = sys.clock.now();
  await sys.db.$transaction(async (tx) => {
    await tx.providerAttempt.deleteMany({ where: { expiresAt: { lte: createdAt } } });
    await tx.providerAttempt.create({
      data: {
        ...departure,
        secretHash,
        checks: sealSecret(sys, placeOf(secretHash, departure), Buffer.from(JSON.stringify(checks))),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + lifetimeSeconds * 1000),
      },
    });
  });
  return cookieOf(secret, lifetimeSeconds);
}

/** The attempt of this browser, once: it is gone before anything is looked at. Null when there is none that holds. */
export async function takeAttempt(sys: AuthSystem, cookies: string): Promise<Attempt | null> {
  const secret = secretInCookie(cookies, name);
  if (!secret) return null;
  const where = { secretHash: hashOf(secret) };
  const row = await sys.db.providerAttempt.findUnique({ where });
  const { count } = await sys.db.providerAttempt.deleteMany({ where });
  if (!row || count === 0 || row.expiresAt <= sys.clock.now()) return null;
  const { secretHash, checks, expiresAt: _, ...departure } = row;
  const opened = Buffer.from(openSecret(sys, placeOf(secretHash, departure), checks)).toString();
  return { ...departure, checks: JSON.parse(opened) as AuthorizationChecks };
}

const placeOf = (secretHash: string, { userId }: Departure) =>
  `ProviderAttempt|checks|${secretHash}|${userId ?? ""}`;
