import {
  type AuthorizationChecks,
  type ExternalIdentity,
  type IdentityProvider,
  IdentityRefused,
  type ProviderName,
} from "../ports.ts";

type Departure = AuthorizationChecks & { redirectUri: string; challenge: string };
type Person = Partial<ExternalIdentity> & Pick<ExternalIdentity, "subject">;

/** A provider whose people sign in by `signIn`. */
export class FakeIdentityProvider implements IdentityProvider {
  readonly name: ProviderName;
  readonly issuer: string;
  /** While true, nobody can reach it. */
  isDown = false;
  /** While true, a code can be redeemed again and again. */
  isForgetful = false;
  /** How long ago whoever comes back signed in to the provider. */
  signedInSecondsAgo = 0;
  readonly #departures = new Map<string, Departure>();
  readonly #codes = new Map<string, { state: string; person: Person }>();
  #made = 0;

  constructor(name: ProviderName) {
    this.name = name;
    this.issuer = `https://${name}.example`;
  }

  async begin({ redirectUri, fresh }: { redirectUri: string; fresh: boolean }) {
    if (this.isDown) throw new IdentityRefused("unreachable", "down");
    const number = ++this.#made;
    const checks = {
      state: `state-${number}`,
      nonce: this.name === "google" ? `nonce-${number}` : null,
      codeVerifier: `verifier-${number}`,
    };
    this.#departures.set(checks.state, { ...checks, redirectUri, challenge: `challenge-${number}` });
    const url = new URL(`${this.issuer}/authorize`);
    url.search = String(
      new URLSearchParams({
        redirect_uri: redirectUri,
        state: checks.state,
        code_challenge: `challenge-${number}`,
        code_challenge_method: "S256",
        ...(fresh && { prompt: "login" }),
      }),
    );
    return { url: url.href, checks };
  }

  /** The address that the provider sends the browser back to, after this person signed in or, without one, refused. */
  signIn(url: string, person: Person | null): URL {
    const departure = this.#departures.get(new URL(url).searchParams.get("state") ?? "");
    if (!departure) throw new Error("nobody left for this address");
    const callback = new URL(departure.redirectUri);
    callback.searchParams.set("state", departure.state);
    callback.searchParams.set("iss", this.issuer);
    if (!person) callback.searchParams.set("error", "access_denied");
    else {
      const code = `code-${++this.#made}`;
      this.#codes.set(code, { state: departure.state, person });
      callback.searchParams.set("code", code);
    }
    return callback;
  }

  async finish({ callback, redirectUri, checks, maxAgeSeconds }: Parameters<IdentityProvider["finish"]>[0]) {
    if (this.isDown) throw new IdentityRefused("unreachable", "down");
    const said = (name: string) => {
      const [value = null, ...more] = callback.searchParams.getAll(name);
      return more.length > 0 ? null : value;
    };
    const invalid = (message: string) => new IdentityRefused("invalid", message);
    if (callback.origin + callback.pathname !== redirectUri) throw invalid("address");
    if (said("state") !== checks.state) throw invalid("state");
    if (callback.searchParams.has("iss") && said("iss") !== this.issuer) throw invalid("issuer");
    if (callback.searchParams.has("error")) throw new IdentityRefused("denied", "access_denied");
    const code = said("code") ?? "";
    const redeemed = this.#codes.get(code);
    if (!this.isForgetful) this.#codes.delete(code);
    const departure = this.#departures.get(redeemed?.state ?? "");
    if (!redeemed || !departure) throw invalid("code");
    if (departure.codeVerifier !== checks.codeVerifier || departure.redirectUri !== redirectUri)
      throw invalid("verifier");
    if (departure.nonce !== checks.nonce) throw invalid("nonce");
    if (maxAgeSeconds !== undefined && this.signedInSecondsAgo > maxAgeSeconds) throw invalid("too long ago");
    const { person } = redeemed;
    const email = person.email ?? null;
    return {
      provider: this.name,
      issuer: this.issuer,
      email,
      emailVerified: email !== null,
      emailAuthoritative: email !== null,
      name: null,
      ...person,
    };
  }
}
