// What the adapters of identity providers share: the authorization code flow with PKCE, and plain words for its failures.
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { type AuthorizationChecks, IdentityRefused } from "../ports.ts";

export const newChecks = (options: { nonce: boolean }): AuthorizationChecks => ({
  state: randomState(),
  nonce: options.nonce ? randomNonce() : null,
  codeVerifier: randomPKCECodeVerifier(),
});

/** Where the browser goes. */
export async function authorizationUrl(
  configuration: Configuration,
  { state, nonce, codeVerifier }: AuthorizationChecks,
  parameters: { redirect_uri: string; scope: string } & Record<string, string>,
): Promise<string> {
  const url = buildAuthorizationUrl(configuration, {
    ...parameters,
    response_type: "code",
    state,
    ...(nonce !== null && { nonce }),
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: "S256",
  });
  return url.href;
}

/** Plain http is for the machine itself: the environment lets no other such address in. */
export function prepare(configuration: Configuration, address: string, timeoutMs: number): Configuration {
  configuration.timeout = timeoutMs / 1000;
  if (address.startsWith("http:")) allowInsecureRequests(configuration);
  return configuration;
}

/** The answer must have come to the very address that was asked for. */
export function requireOwnAddress(callback: URL, redirectUri: string): void {
  if (callback.origin + callback.pathname !== redirectUri)
    throw new IdentityRefused("invalid", "the answer came to another address");
}

const denials = new Set([
  "access_denied",
  "login_required",
  "consent_required",
  "interaction_required",
  "account_selection_required",
]);
const outages = new Set(["server_error", "temporarily_unavailable"]);

/** Says what went wrong by its name alone: the errors of the library hold codes, tokens and claims. */
export function refusalOf(error: unknown): IdentityRefused {
  if (error instanceof IdentityRefused) return error;
  if (error instanceof AuthorizationResponseError)
    return new IdentityRefused(reasonOf(error.error), nameOf(error.error));
  const chain = causesOf(error);
  const reason = chain.some(isOutage) ? "unreachable" : "invalid";
  const [name = "unnamed error"] = [...chain.map(saidIn), ...chain.map(codeOf)].filter(
    (told) => told !== null,
  );
  return new IdentityRefused(reason, name);
}

function reasonOf(error: string): IdentityRefused["reason"] {
  if (denials.has(error)) return "denied";
  return outages.has(error) ? "unreachable" : "invalid";
}

function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let cause = error; cause && chain.length < 8; cause = cause instanceof Error ? cause.cause : null)
    chain.push(cause);
  return chain;
}

function isOutage(cause: unknown): boolean {
  if (cause instanceof Response) return cause.status >= 500 || cause.status === 429;
  if (cause instanceof ResponseBodyError) return cause.status >= 500 || cause.status === 429;
  if (cause instanceof DOMException) return cause.name === "TimeoutError" || cause.name === "AbortError";
  // What `fetch` throws when there is no answer; wrong arguments carry a code.
  return cause instanceof TypeError && !("code" in cause);
}

/** What the provider calls it. */
function saidIn(cause: unknown): string | null {
  if (cause instanceof ResponseBodyError) return nameOf(cause.error);
  if (cause instanceof Response) return String(cause.status);
  // GitHub's errors come as a success, which the library refuses for having no token.
  const { body } = Object(cause) as { body?: unknown };
  const { error } = Object(body) as { error?: unknown };
  return typeof error === "string" ? nameOf(error) : null;
}

/** What the library or the network stack calls it. */
const codeOf = (cause: unknown): string | null =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? nameOf(cause.code) : null;

/** Whatever came from outside and isn't just a name is left out. */
const nameOf = (text: string) => (/^[A-Za-z_-]{1,60}$/.test(text) ? text : "unnamed error");
