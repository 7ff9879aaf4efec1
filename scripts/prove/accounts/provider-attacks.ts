// Attacks on the sign-in with Google and GitHub. Each must end on an own page with the right problem and without a session; honest
// sign-ins at the beginning and at the end show that it is the attack that was refused.
import { randomUUID } from "node:crypto";
import type { Script } from "@openclaw-launch/core/testing/scripted-google";
import type { Visitor } from "../visitor.ts";
import {
  type Arrival,
  accountAtGitHub,
  comeBack,
  isOwn,
  leave,
  type Provider,
  target,
  visit,
} from "./provider-visits.ts";
import { expectThat, registered, type Stage, visitorOf } from "./stage.ts";

/** What an attack on the way leads to: the pages that its callbacks ended on. */
type Attack = {
  name: string;
  expected: string;
  run: (stage: Stage) => Promise<{ visitor: Visitor; arrivals: Arrival[] }>;
};

export async function providerAttacks(stage: Stage): Promise<void> {
  await honestSignIns(stage);
  const groups = { tamperedAnswers, forgedTokens, foreignAddresses, replays, mixUps, otherBrowsers };
  const figures: Record<string, number> = {};
  for (const [group, attacks] of Object.entries(groups)) {
    for (const attack of attacks) await tryAttack(stage, attack);
    figures[group] = attacks.length;
  }
  await honestSignIns(stage);
  stage.figures["providerAttacks"] = { ...figures, signInsBeforeAndAfter: 4 };
}

async function tryAttack(stage: Stage, { name, expected, run }: Attack): Promise<void> {
  const { visitor, arrivals } = await run(stage);
  stage.providers.google.script = {};
  for (const { problem, location } of arrivals) {
    expectThat(stage, problem === expected, `${name} ended with ${problem} instead of ${expected}`);
    expectThat(stage, isOwn(stage, location), `${name} led to ${location}`);
  }
  expectThat(stage, arrivals.length > 0, `${name} did not arrive`);
  const { status } = await visitor.query("auth.me");
  expectThat(stage, status === 401, `${name} signed somebody in`);
}

async function honestSignIns(stage: Stage): Promise<void> {
  stage.providers.githubAccounts["joan"] = accountAtGitHub(1, "joan@example.org", true);
  for (const provider of ["google", "github"] as const) {
    const visitor = visitorOf(stage);
    const { location } = await comeBack(visitor, await visit(stage, visitor, provider));
    const { status } = await visitor.query("auth.me");
    if (status !== 200 || location !== target) throw new Error(`nobody can sign in with ${provider}`);
  }
}

function changed(callback: URL, parameters: Record<string, string | null>): URL {
  const url = new URL(callback);
  for (const [name, value] of Object.entries(parameters))
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  return url;
}

/** An answer with something else in its address. Then the true one must come too late: an attempt holds once. */
const tampered = (name: string, provider: Provider, tamper: (callback: URL) => URL): Attack => ({
  name: `an answer of ${provider} ${name}`,
  expected: "provider.refused",
  run: async (stage) => {
    const visitor = visitorOf(stage);
    const callback = await visit(stage, visitor, provider);
    const attempt = visitor.jar.get("__Host-provider") ?? "";
    const first = await comeBack(visitor, tamper(callback));
    visitor.jar.set("__Host-provider", attempt);
    return { visitor, arrivals: [first, await comeBack(visitor, callback)] };
  },
});

const tamperedAnswers: Attack[] = (["google", "github"] as const).flatMap((provider) => [
  tampered("with a wrong state", provider, (callback) => changed(callback, { state: "a".repeat(43) })),
  tampered("without a state", provider, (callback) => changed(callback, { state: null })),
  tampered("with an empty state", provider, (callback) => changed(callback, { state: "" })),
  tampered("with two states", provider, (callback) => {
    const url = new URL(callback);
    url.searchParams.append("state", "a".repeat(43));
    return url;
  }),
  tampered("with a made-up code", provider, (callback) => changed(callback, { code: "made-up" })),
  tampered("without a code", provider, (callback) => changed(callback, { code: null })),
]);

/** A token that says something wrong about an account that is there: the one of the honest sign-in. */
const forged = (name: string, script: Script): Attack => ({
  name: `a token ${name}`,
  expected: "provider.refused",
  run: async (stage) => {
    const visitor = visitorOf(stage);
    const callback = await visit(stage, visitor, "google");
    stage.providers.google.script = script;
    return { visitor, arrivals: [await comeBack(visitor, callback)] };
  },
});

const longAgo = Math.floor(Date.now() / 1000) - 7200;
const forgedTokens: Attack[] = [
  forged("with a wrong nonce", { claims: { nonce: "another" } }),
  forged("without a nonce", { claims: { nonce: undefined } }),
  forged("for another client", { claims: { aud: "another" } }),
  forged("of another issuer", { claims: { iss: "https://evil.example" } }),
  forged("that ran out", { claims: { iat: longAgo, exp: longAgo + 60 } }),
  forged("for nobody", { claims: { sub: "" } }),
  forged("without a signature", { signature: "none" }),
  forged("signed with a foreign key", { signature: "foreign-key" }),
  forged("signed with the client's secret", { signature: "hs256" }),
  forged("changed after it was signed", { signature: "tampered" }),
];

/** Somebody at a provider claims an address that has an account here. Nothing may be linked to that. */
const claiming = (
  name: string,
  expected: string,
  provider: Provider,
  { verified, ours }: { verified: boolean; ours: boolean },
): Attack => ({
  name,
  expected,
  run: async (stage) => {
    const { account } = await registered(stage);
    const { email, userId } = account;
    if (ours) await stage.db.user.update({ where: { id: userId }, data: { emailVerifiedAt: new Date() } });
    stage.providers.githubAccounts["eve"] = accountAtGitHub(Math.floor(Math.random() * 1e9), email, verified);
    const visitor = visitorOf(stage);
    const callback = await visit(stage, visitor, provider, { login: "eve" });
    stage.providers.google.script = { claims: { sub: randomUUID(), email, email_verified: verified } };
    const arrivals = [await comeBack(visitor, callback)];
    const identities = await stage.db.identity.count({ where: { userId } });
    expectThat(stage, identities === 0, `${name} got linked to the account`);
    return { visitor, arrivals };
  },
});

const foreignAddresses: Attack[] = [
  claiming("an unverified address at Google", "provider.no-email", "google", { verified: false, ours: true }),
  claiming("an unverified address at GitHub", "provider.no-email", "github", { verified: false, ours: true }),
  claiming("an address that Google doesn't run", "provider.address-in-use", "google", {
    verified: true,
    ours: true,
  }),
  claiming("an address that nobody verified here", "provider.address-in-use", "github", {
    verified: true,
    ours: false,
  }),
];

/** At a provider that takes no care of its codes: we must. */
const replays: Attack[] = [
  {
    name: "a code that was used, under a new state",
    expected: "provider.refused",
    run: async (stage) => {
      stage.providers.google.script = { careless: true };
      const honest = visitorOf(stage);
      const used = await visit(stage, honest, "google");
      await comeBack(honest, used);
      const visitor = visitorOf(stage);
      const callback = await visit(stage, visitor, "google");
      const code = used.searchParams.get("code");
      return { visitor, arrivals: [await comeBack(visitor, changed(callback, { code }))] };
    },
  },
  {
    name: "a stolen code that was not used, under a new state",
    expected: "provider.refused",
    run: async (stage) => {
      const stolen = await visit(stage, visitorOf(stage), "github");
      const visitor = visitorOf(stage);
      const callback = await visit(stage, visitor, "github");
      const code = stolen.searchParams.get("code");
      return { visitor, arrivals: [await comeBack(visitor, changed(callback, { code }))] };
    },
  },
  {
    name: "a whole answer once more, with the cookie of the attempt",
    expected: "provider.refused",
    run: async (stage) => {
      const visitor = visitorOf(stage);
      const callback = await visit(stage, visitor, "google");
      const attempt = visitor.jar.get("__Host-provider") ?? "";
      stage.providers.google.script = { careless: true };
      await comeBack(visitor, callback);
      const thief = visitorOf(stage);
      thief.jar.set("__Host-provider", attempt);
      return { visitor: thief, arrivals: [await comeBack(thief, callback)] };
    },
  },
  {
    name: "an attempt that ran out",
    expected: "provider.refused",
    run: async (stage) => {
      const visitor = visitorOf(stage);
      const callback = await visit(stage, visitor, "google");
      await stage.db.providerAttempt.updateMany({ data: { expiresAt: new Date(0) } });
      return { visitor, arrivals: [await comeBack(visitor, callback)] };
    },
  },
];

/** Neither provider may be told what the other one gave. */
const mixedUp = (name: string, mix: (callback: URL, stage: Stage) => URL, provider: Provider): Attack => ({
  name,
  expected: "provider.refused",
  run: async (stage) => {
    const { google, github } = stage.providers;
    const visitor = visitorOf(stage);
    const callback = await visit(stage, visitor, provider);
    const told = [...google.asked, ...github.asked].length;
    const arrivals = [await comeBack(visitor, mix(callback, stage))];
    const after = [...google.asked, ...github.asked].length;
    expectThat(stage, after === told, `${name} let a provider know the code`);
    return { visitor, arrivals };
  },
});

const at = (path: string) => (callback: URL) => Object.assign(new URL(callback), { pathname: path });

const mixUps: Attack[] = [
  mixedUp("an answer of Google at the address of GitHub", at("/auth/github/callback"), "google"),
  mixedUp("an answer of GitHub at the address of Google", at("/auth/google/callback"), "github"),
  mixedUp(
    "an answer of Google in the name of GitHub",
    (callback, { providers }) => changed(callback, { iss: `${providers.github.url}/login/oauth` }),
    "google",
  ),
  mixedUp(
    "an answer of GitHub in the name of Google",
    (callback, { providers }) => changed(callback, { iss: providers.google.url }),
    "github",
  ),
  {
    name: "an answer of Google after the browser left for GitHub too",
    expected: "provider.refused",
    run: async (stage) => {
      const visitor = visitorOf(stage);
      const callback = await visit(stage, visitor, "google");
      await leave(visitor, "github");
      return { visitor, arrivals: [await comeBack(visitor, callback)] };
    },
  },
];

const otherBrowsers: Attack[] = [
  {
    name: "an answer in a browser that never left",
    expected: "provider.refused",
    run: async (stage) => {
      const callback = await visit(stage, visitorOf(stage), "google");
      const visitor = visitorOf(stage);
      return { visitor, arrivals: [await comeBack(visitor, callback)] };
    },
  },
  {
    name: "an attacker's answer in a browser that left too",
    expected: "provider.refused",
    run: async (stage) => {
      const callback = await visit(stage, visitorOf(stage), "google");
      const visitor = visitorOf(stage);
      await leave(visitor, "google");
      return { visitor, arrivals: [await comeBack(visitor, callback)] };
    },
  },
  {
    name: "the row of an attempt as its cookie",
    expected: "provider.refused",
    run: async (stage) => {
      const callback = await visit(stage, visitorOf(stage), "google");
      const { secretHash } = await stage.db.providerAttempt.findFirstOrThrow({
        orderBy: { createdAt: "desc" },
      });
      const visitor = visitorOf(stage);
      const arrivals = [];
      for (const stolen of [secretHash, Buffer.from(secretHash, "hex").toString("base64url")]) {
        visitor.jar.set("__Host-provider", stolen);
        arrivals.push(await comeBack(visitor, callback));
      }
      return { visitor, arrivals };
    },
  },
];
