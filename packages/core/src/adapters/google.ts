import {
  type AuthorizationCodeGrantChecks,
  allowInsecureRequests,
  authorizationCodeGrant,
  Configuration,
  type CustomFetch,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  type IDToken,
  type ServerMetadata,
} from "openid-client";
import { z } from "zod";
import {
  type AuthorizationChecks,
  type ExternalIdentity,
  type IdentityProvider,
  IdentityRefused,
} from "../ports.ts";
import { authorizationUrl, newChecks, prepare, refusalOf, requireOwnAddress } from "./authorization-code.ts";

type GoogleConfig = { GOOGLE_CLIENT_ID: string; GOOGLE_CLIENT_SECRET: string; GOOGLE_ISSUER: string };

const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  email: z.string().min(1).optional(),
  email_verified: z.boolean().default(false),
  /** The domain of the organisation that runs the mailbox. */
  hd: z.string().min(1).optional(),
  name: z.string().optional(),
});

/** Google, or another OpenID provider that speaks like it. */
export function createGoogle(
  config: GoogleConfig,
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): IdentityProvider {
  const issuer = config.GOOGLE_ISSUER;
  // A secret in the clear proves nothing to whom it is sent; the signature must be Google's own.
  const client = { client_secret: config.GOOGLE_CLIENT_SECRET, id_token_signed_response_alg: "RS256" };
  let known: Promise<ServerMetadata> | null = null;

  /** Asked for at the first sign-in, and again at the next one when that failed. */
  async function metadata(): Promise<ServerMetadata> {
    known ??= discover().catch(discover);
    try {
      return await known;
    } catch (error) {
      known = null;
      throw new IdentityRefused("unreachable", `no discovery: ${refusalOf(error).message}`);
    }
  }

  async function discover(): Promise<ServerMetadata> {
    const execute = issuer.startsWith("http:") ? [allowInsecureRequests] : [];
    const found = await discovery(new URL(issuer), config.GOOGLE_CLIENT_ID, client, undefined, {
      timeout: timeoutMs / 1000,
      execute,
    });
    return found.serverMetadata();
  }

  function configure(server: ServerMetadata, fetchToken?: CustomFetch): Configuration {
    const configuration = prepare(
      new Configuration(server, config.GOOGLE_CLIENT_ID, client),
      issuer,
      timeoutMs,
    );
    if (fetchToken) configuration[customFetch] = fetchToken;
    // Not only the connection vouches for a token, but its signature too.
    enableNonRepudiationChecks(configuration);
    return configuration;
  }

  async function redeem(
    server: ServerMetadata,
    callback: URL,
    checks: AuthorizationCodeGrantChecks,
  ): Promise<IDToken | undefined> {
    const fetchToken = answeredOnce();
    try {
      const tokens = await authorizationCodeGrant(configure(server, fetchToken), callback, checks);
      return tokens.claims();
    } catch (error) {
      const legacyIssuer = new URL(issuer).host;
      if (issuerNamedIn(error) !== legacyIssuer) throw error;
      // Google signs some tokens as "accounts.google.com": the same answer is checked again, in full, under that name.
      const legacy = {
        ...server,
        issuer: legacyIssuer,
        authorization_response_iss_parameter_supported: false,
      };
      const answer = new URL(callback);
      answer.searchParams.delete("iss");
      return (await authorizationCodeGrant(configure(legacy, fetchToken), answer, checks)).claims();
    }
  }

  return {
    begin: async ({ redirectUri, fresh, loginHint }) => {
      try {
        const server = await metadata();
        const checks = newChecks({ nonce: true });
        const url = await authorizationUrl(configure(server), checks, {
          redirect_uri: redirectUri,
          scope: "openid email profile",
          ...(fresh && (tellsTime(server) ? { max_age: "0" } : { prompt: "select_account" })),
          ...(loginHint !== undefined && { login_hint: loginHint }),
        });
        return { url, checks };
      } catch (error) {
        throw refusalOf(error);
      }
    },

    finish: async ({ callback, redirectUri, checks, maxAgeSeconds }) => {
      try {
        requireOwnAddress(callback, redirectUri);
        const server = await metadata();
        const claims = await redeem(server, callback, {
          ...grantChecksOf(checks),
          // Whoever doesn't say when the person signed in can't be asked; then the way there and back is the proof.
          ...(maxAgeSeconds !== undefined && tellsTime(server) && { maxAge: maxAgeSeconds }),
        });
        return identityOf(issuer, claimsSchema.parse(claims));
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

const tellsTime = ({ claims_supported }: ServerMetadata) => claims_supported?.includes("auth_time") ?? false;

function grantChecksOf({ state, nonce, codeVerifier }: AuthorizationChecks): AuthorizationCodeGrantChecks {
  if (nonce === null) throw new IdentityRefused("invalid", "no nonce was sent");
  return {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: codeVerifier,
    idTokenExpected: true,
  };
}

/** Of two readings of one answer, the second gets what the first was given: a code works once. */
function answeredOnce(): CustomFetch {
  let answer: Promise<Response> | null = null;
  return async (url, options) => {
    if (options.method !== "POST") return fetch(url, options as RequestInit);
    answer ??= fetch(url, options as RequestInit);
    return (await answer).clone();
  };
}

/** The issuer of a token that was refused because of it. */
function issuerNamedIn(error: unknown): unknown {
  const { cause } = Object(error) as { cause?: { cause?: { claim?: unknown; claims?: { iss?: unknown } } } };
  return cause?.cause?.claim === "iss" ? cause.cause.claims?.iss : null;
}

function identityOf(issuer: string, claims: z.output<typeof claimsSchema>): ExternalIdentity {
  const { sub, email = null, name = null, hd } = claims;
  const emailVerified = email !== null && claims.email_verified;
  const runsMailbox = hd !== undefined || (email?.toLowerCase().endsWith("@gmail.com") ?? false);
  return {
    provider: "google",
    issuer,
    subject: sub,
    email,
    emailVerified,
    emailAuthoritative: emailVerified && runsMailbox,
    name,
  };
}
