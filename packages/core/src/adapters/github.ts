import { authorizationCodeGrant, Configuration } from "openid-client";
import { z } from "zod";
import { type ExternalIdentity, type IdentityProvider, IdentityRefused } from "../ports.ts";
import { authorizationUrl, newChecks, prepare, refusalOf, requireOwnAddress } from "./authorization-code.ts";

type GitHubConfig = {
  GITHUB_CLIENT_ID: string;
  GITHUB_CLIENT_SECRET: string;
  GITHUB_URL: string;
  GITHUB_API_URL: string;
};

/** Names and numbers are public; addresses are not. */
const scope = "user:email";

// Only what we use. The login can pass to somebody else, the number can't.
const user = z.object({ id: z.int().positive(), name: z.string().nullish() });
const emails = z.array(z.object({ email: z.string().min(1), primary: z.boolean(), verified: z.boolean() }));

/** GitHub, or a GitHub Enterprise Server. */
export function createGitHub(
  config: GitHubConfig,
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): IdentityProvider {
  // The name under which GitHub answers; it isn't the address of its start page.
  const issuer = `${config.GITHUB_URL}/login/oauth`;
  const configuration = prepare(
    new Configuration(
      { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/access_token` },
      config.GITHUB_CLIENT_ID,
      config.GITHUB_CLIENT_SECRET,
    ),
    issuer,
    timeoutMs,
  );

  async function ask<T extends z.ZodType>(path: string, token: string, schema: T): Promise<z.output<T>> {
    const response = await fetch(`${config.GITHUB_API_URL}${path}`, {
      headers: {
        Accept: "application/vnd.github+json",
        Authorization: `Bearer ${token}`,
        "User-Agent": "openclaw-launch",
        "X-GitHub-Api-Version": "2022-11-28",
      },
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok)
      throw new IdentityRefused(
        response.status >= 500 || response.status === 429 ? "unreachable" : "invalid",
        `GET ${path}: ${response.status}`,
      );
    return schema.parse(await response.json());
  }

  return {
    begin: async ({ redirectUri, fresh }) => {
      const checks = newChecks({ nonce: false });
      const url = await authorizationUrl(configuration, checks, {
        redirect_uri: redirectUri,
        scope,
        ...(fresh && { prompt: "select_account" }),
      });
      return { url, checks };
    },

    finish: async ({ callback, redirectUri, checks }) => {
      try {
        requireOwnAddress(callback, redirectUri);
        const tokens = await authorizationCodeGrant(configuration, callback, {
          expectedState: checks.state,
          pkceCodeVerifier: checks.codeVerifier,
        });
        requireScope(tokens.scope);
        const [person, addresses] = await Promise.all([
          ask("/user", tokens.access_token, user),
          ask("/user/emails", tokens.access_token, emails),
        ]);
        return identityOf(issuer, person, addresses);
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

/** People may grant less than was asked for. */
function requireScope(granted = ""): void {
  const scopes = granted.split(/[\s,]+/);
  if (!scopes.includes(scope) && !scopes.includes("user"))
    throw new IdentityRefused("denied", "the e-mail addresses were not shared");
}

/** The address in the profile is only what its owner typed; mail to a noreply address reaches nobody. */
function identityOf(
  issuer: string,
  { id, name = null }: z.output<typeof user>,
  addresses: z.output<typeof emails>,
): ExternalIdentity {
  const primary = addresses.find((address) => address.primary && address.verified);
  const email = primary && !/@(.+\.)?noreply\./i.test(primary.email) ? primary.email : null;
  return {
    provider: "github",
    issuer,
    subject: String(id),
    email,
    emailVerified: email !== null,
    emailAuthoritative: email !== null,
    name,
  };
}
