import { describe, expect, onTestFinished, test } from "vitest";
import type { IdentityProvider } from "../ports.ts";
import { startEmulator } from "../testing/emulated-peer.ts";
import { FakeIdentityProvider } from "../testing/fake-identity-provider.ts";
import { githubPeople, googlePeople, peerClient } from "../testing/identity-peers.ts";
import { startOpenIdPeer } from "../testing/openid-peer.ts";
import { type Script, startScriptedGoogle } from "../testing/scripted-google.ts";
import { type GitHubAccount, startStrictGitHub } from "../testing/strict-github.ts";
import { visitProvider } from "../testing/visit-provider.ts";
import { createGitHub } from "./github.ts";
import { createGoogle } from "./google.ts";
import { identityProviderContract } from "./identity-provider-contract.ts";

const { id, secret } = peerClient;
const redirectUri = "http://localhost:3000/auth/provider/callback";
const client = { id, secret, redirectUri };
const googleAt = (GOOGLE_ISSUER: string, GOOGLE_CLIENT_SECRET: string = secret) =>
  createGoogle({ GOOGLE_ISSUER, GOOGLE_CLIENT_ID: id, GOOGLE_CLIENT_SECRET });
const githubAt = (url: string, GITHUB_CLIENT_SECRET: string = secret) =>
  createGitHub({ GITHUB_URL: url, GITHUB_API_URL: url, GITHUB_CLIENT_ID: id, GITHUB_CLIENT_SECRET });
const visit = (url: string, who: string) => visitProvider(url, redirectUri, who);
const closed = { close: async () => undefined };

const [ada, grace, mary, eve] = googlePeople;
const verified = { emailVerified: true, emailAuthoritative: true };
const atGoogle = {
  [ada.email]: { provider: "google" as const, email: ada.email, name: ada.name, ...verified },
  [grace.email]: { email: grace.email, ...verified },
  [mary.email]: { email: mary.email, emailVerified: true, emailAuthoritative: false },
  [eve.email]: { email: eve.email, emailVerified: false, emailAuthoritative: false },
};

for (const name of ["google", "github"] as const)
  identityProviderContract(`in memory, ${name}`, async () => {
    const provider = new FakeIdentityProvider(name);
    return {
      provider,
      redirectUri,
      signIn: async (url, who) => provider.signIn(url, { subject: who, email: `${who}@example.org` }),
      people: { one: { provider: name, email: "one@example.org", ...verified }, two: { subject: "two" } },
      secret,
      ...closed,
    };
  });

identityProviderContract("Google's adapter and oidc-provider", async () => {
  const peer = await startOpenIdPeer(client, googlePeople);
  return {
    provider: googleAt(peer.url),
    redirectUri,
    signIn: visit,
    people: atGoogle,
    secret,
    close: peer.close,
  };
});

identityProviderContract("Google's adapter and emulate", async () => {
  const peer = await startEmulator("google", {
    google: {
      users: googlePeople.map((person) => ({ hd: "", ...person })),
      oauth_clients: [
        { client_id: id, client_secret: secret, name: "OpenClaw Launch", redirect_uris: [redirectUri] },
      ],
    },
  });
  return {
    provider: googleAt(peer.url),
    redirectUri,
    signIn: visit,
    people: atGoogle,
    secret,
    close: peer.close,
  };
});

identityProviderContract(
  "GitHub's adapter and emulate",
  async () => {
    const peer = await startEmulator("github", {
      github: {
        users: githubPeople,
        oauth_apps: [
          { client_id: id, client_secret: secret, name: "OpenClaw Launch", redirect_uris: [redirectUri] },
        ],
      },
    });
    const [joan, hedy] = githubPeople;
    const people = {
      [joan.login]: { provider: "github" as const, email: joan.email, name: joan.name, ...verified },
      [hedy.login]: { email: hedy.email, ...verified },
    };
    return { provider: githubAt(peer.url), redirectUri, signIn: visit, people, secret, close: peer.close };
  },
  { pkce: false },
);

const account = (number: number, emails: GitHubAccount["emails"]): GitHubAccount => ({
  id: number,
  name: null,
  email: "typed-into-the-profile@example.org",
  emails,
});
const noEmail = { email: null, emailVerified: false, emailAuthoritative: false };
const accounts = {
  plain: account(1, [
    { email: "other@example.org", primary: false, verified: true },
    { email: "plain@example.org", primary: true, verified: true },
  ]),
  unverified: account(2, [
    { email: "victim@example.org", primary: true, verified: false },
    { email: "other@example.org", primary: false, verified: true },
  ]),
  hidden: account(3, [{ email: "3+hidden@users.noreply.github.com", primary: true, verified: true }]),
  mute: account(4, []),
};

identityProviderContract("GitHub's adapter and a strict GitHub", async () => {
  const peer = await startStrictGitHub(client, accounts);
  return {
    provider: githubAt(peer.url),
    redirectUri,
    signIn: async (url, who) => peer.agree(url, who),
    people: {
      plain: { subject: "1", issuer: `${peer.url}/login/oauth`, email: "plain@example.org", ...verified },
      unverified: { subject: "2", ...noEmail },
      hidden: { subject: "3", ...noEmail },
      mute: { subject: "4", ...noEmail },
    },
    secret,
    close: peer.close,
  };
});

/** Leaves, and comes back with the answer that `agree` makes. */
async function enter(
  provider: IdentityProvider,
  agree: (url: string) => URL,
  options: { maxAgeSeconds?: number } = {},
) {
  const { url, checks } = await provider.begin({ redirectUri, fresh: options.maxAgeSeconds !== undefined });
  return provider.finish({ callback: agree(url), redirectUri, checks, ...options });
}

describe("an OpenID provider that lies", () => {
  async function scripted(script: Script = {}) {
    const peer = await startScriptedGoogle({ secret });
    onTestFinished(() => peer.close());
    peer.script = script;
    return { peer, provider: googleAt(peer.url) };
  }
  const hour = 3600;
  const now = Math.floor(Date.now() / 1000);

  test.each<[string, Script]>([
    ["is signed by nobody", { signature: "none" }],
    ["is signed under another's key", { signature: "foreign-key" }],
    ["is signed under the client's secret", { signature: "hs256" }],
    ["was changed after it was signed", { signature: "tampered" }],
    ["carries another nonce", { claims: { nonce: "made-up" } }],
    ["carries no nonce", { claims: { nonce: undefined } }],
    ["was meant for another client", { claims: { aud: "another" } }],
    ["was meant for several and made for another", { claims: { aud: [id, "another"], azp: "another" } }],
    ["comes from another issuer", { claims: { iss: "https://other.example" } }],
    ["has expired", { claims: { iat: now - 2 * hour, exp: now - hour } }],
    ["never expires", { claims: { exp: undefined } }],
    ["is from the future", { claims: { nbf: now + hour } }],
    ["names nobody", { claims: { sub: "" } }],
    ["says of an address that it is verified, but not with a yes", { claims: { email_verified: "true" } }],
  ])("is refused when its token %s", async (_, script) => {
    const { peer, provider } = await scripted(script);
    await expect(enter(provider, peer.agree)).rejects.toMatchObject({ reason: "invalid" });
    peer.script = {};
    expect(await enter(provider, peer.agree)).toMatchObject({ subject: "1" });
  });

  test("Google's older name is taken for Google's, with every check", async () => {
    const { peer, provider } = await scripted();
    const older = { iss: new URL(peer.url).host };
    peer.script = { claims: older };
    expect(await enter(provider, peer.agree)).toMatchObject({ subject: "1", issuer: peer.url });
    expect(peer.asked.filter((path) => path === "/token")).toHaveLength(1);
    for (const script of [
      { claims: { ...older, nonce: "made-up" } },
      { claims: older, signature: "foreign-key" },
    ] as const) {
      peer.script = script;
      await expect(enter(provider, peer.agree)).rejects.toMatchObject({ reason: "invalid" });
    }
  });

  test("one that promises to name itself in its answers must do so", async () => {
    const { peer, provider } = await scripted({
      metadata: { authorization_response_iss_parameter_supported: true },
    });
    await expect(enter(provider, peer.agree)).rejects.toMatchObject({ reason: "invalid" });
    const naming = (url: string) => {
      const callback = peer.agree(url);
      callback.searchParams.set("iss", peer.url);
      return callback;
    };
    expect(await enter(provider, naming)).toMatchObject({ subject: "1" });
    peer.script = { ...peer.script, claims: { iss: new URL(peer.url).host } };
    expect(await enter(provider, naming)).toMatchObject({ subject: "1" });
  });

  test("one that tells the time of a sign-in is held to it; of the others nothing is asked", async () => {
    const { peer, provider } = await scripted({
      metadata: { claims_supported: ["sub", "auth_time"] },
      claims: { auth_time: now - hour },
    });
    await expect(enter(provider, peer.agree, { maxAgeSeconds: 60 })).rejects.toMatchObject({
      reason: "invalid",
    });
    peer.script = { ...peer.script, claims: {} };
    await expect(enter(provider, peer.agree, { maxAgeSeconds: 60 })).rejects.toMatchObject({
      reason: "invalid",
    });
    peer.script = { ...peer.script, claims: { auth_time: now } };
    expect(await enter(provider, peer.agree, { maxAgeSeconds: 60 })).toMatchObject({ subject: "1" });
    const silent = await scripted();
    expect(await enter(silent.provider, silent.peer.agree, { maxAgeSeconds: 60 })).toMatchObject({
      subject: "1",
    });
  });

  test("discovery under another's name is refused", async () => {
    const { provider } = await scripted({ metadata: { issuer: "https://other.example" } });
    await expect(provider.begin({ redirectUri, fresh: false })).rejects.toMatchObject({
      reason: "unreachable",
    });
  });

  test("the client's secret isn't sent on to another address", async () => {
    const other = await scripted();
    const { peer, provider } = await scripted({
      token: { status: 307, body: "{}", location: `${other.peer.url}/token` },
    });
    await expect(enter(provider, peer.agree)).rejects.toMatchObject({ name: "IdentityRefused" });
    expect(other.peer.asked).toEqual([]);
  });

  test("no refusal shows what was in the answer", async () => {
    const leak = "ya29.access-token";
    const { peer, provider } = await scripted({
      token: { status: 400, body: JSON.stringify({ error: `${leak} ${secret}`, error_description: leak }) },
    });
    const refusal: unknown = await enter(provider, peer.agree).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ reason: "invalid" });
    const told = JSON.stringify([String(refusal), (refusal as Error).stack, (refusal as Error).cause]);
    expect(told).not.toMatch(/ya29|secret-of-the-tests/);
  });
});

describe("a provider in trouble", () => {
  const unreachable = { name: "IdentityRefused", reason: "unreachable" };

  test("is asked where its pages are at the first sign-in, and again after a failure, then no more", async () => {
    const peer = await startScriptedGoogle({ secret });
    onTestFinished(() => peer.close());
    const provider = googleAt(peer.url);
    expect(peer.asked).toEqual([]);
    for (const discovery of ["down", "broken"] as const) {
      peer.script = { discovery };
      await expect(provider.begin({ redirectUri, fresh: false })).rejects.toMatchObject(unreachable);
    }
    peer.script = {};
    const before = peer.asked.length;
    for (let times = 0; times < 3; times++) await enter(provider, peer.agree);
    const asked = peer.asked.slice(before);
    expect(asked.filter((path) => path.startsWith("/.well-known/"))).toHaveLength(1);
  });

  test("is unreachable when it isn't there or fails, whatever it says", async () => {
    const gone = await startScriptedGoogle({ secret });
    await gone.close();
    await expect(googleAt(gone.url).begin({ redirectUri, fresh: false })).rejects.toMatchObject(unreachable);

    const google = await startScriptedGoogle({ secret });
    onTestFinished(() => google.close());
    for (const body of ["<html>", '{"error":"server_error"}']) {
      google.script = { token: { status: 503, body } };
      await expect(enter(googleAt(google.url), google.agree)).rejects.toMatchObject(unreachable);
    }
    const github = await startStrictGitHub(client, accounts);
    onTestFinished(() => github.close());
    for (const path of ["/login/oauth/access_token", "/user", "/user/emails"]) {
      github.broken = new Map([[path, { status: 502, body: "<html>" }]]);
      const entered = enter(githubAt(github.url), (url) => github.agree(url, "plain"));
      await expect(entered).rejects.toMatchObject(unreachable);
    }
  });
});

test("a silent provider is given up after the time limit", async () => {
  const unreachable = { name: "IdentityRefused", reason: "unreachable" };
  const google = await startScriptedGoogle({ secret });
  onTestFinished(() => google.close());
  google.script = { token: "hang" };
  const impatient = createGoogle(
    { GOOGLE_ISSUER: google.url, GOOGLE_CLIENT_ID: id, GOOGLE_CLIENT_SECRET: secret },
    { timeoutMs: 200 },
  );
  await expect(enter(impatient, google.agree)).rejects.toMatchObject(unreachable);

  const github = await startStrictGitHub(client, accounts);
  onTestFinished(() => github.close());
  const { url } = github;
  const hurried = createGitHub(
    { GITHUB_URL: url, GITHUB_API_URL: url, GITHUB_CLIENT_ID: id, GITHUB_CLIENT_SECRET: secret },
    { timeoutMs: 200 },
  );
  for (const path of ["/login/oauth/access_token", "/user/emails"]) {
    github.broken = new Map([[path, "silent"]]);
    await expect(enter(hurried, (there) => github.agree(there, "plain"))).rejects.toMatchObject(unreachable);
  }
});

describe("GitHub", () => {
  async function strict() {
    const peer = await startStrictGitHub(client, accounts);
    onTestFinished(() => peer.close());
    return { peer, agree: (url: string) => peer.agree(url, "plain") };
  }

  test("an error that comes as a success is an error, and called by its name", async () => {
    const { peer, agree } = await strict();
    await expect(enter(githubAt(peer.url, "another secret"), agree)).rejects.toMatchObject({
      reason: "invalid",
      message: "incorrect_client_credentials",
    });
  });

  test("who doesn't share their addresses has said no", async () => {
    const { peer, agree } = await strict();
    peer.granted = "read:user";
    await expect(enter(githubAt(peer.url), agree)).rejects.toMatchObject({ reason: "denied" });
    peer.granted = "";
    await expect(enter(githubAt(peer.url), agree)).rejects.toMatchObject({ reason: "denied" });
    peer.granted = "repo,user:email";
    expect(await enter(githubAt(peer.url), agree)).toMatchObject({ subject: "1" });
  });

  test.each(['{"id":"1"}', '{"login":"octocat"}', "[]", "<html>"])(
    "a person that isn't a number is refused: %s",
    async (body) => {
      const { peer, agree } = await strict();
      peer.broken = new Map([["/user", { status: 200, body }]]);
      await expect(enter(githubAt(peer.url), agree)).rejects.toMatchObject({ reason: "invalid" });
    },
  );
});
