import { describe, expect, test } from "vitest";
import { rateLimiterOn } from "../adapters/rate-limiter.ts";
import { createAppContext } from "../api/context.ts";
import type { ExternalIdentity, ProviderName } from "../ports.ts";
import { Browser, newAccount, registeredOwner } from "../testing/browser.ts";
import { FakeIdentityProvider } from "../testing/fake-identity-provider.ts";
import { createTestSystem, type TestSystem } from "../testing/test-system.ts";
import { beginProvider } from "./begin-provider.ts";
import { type Arrival, finishProvider } from "./finish-provider.ts";
import { codeOf, readSecret, stepOf } from "./totp.ts";

const providers = { google: new FakeIdentityProvider("google"), github: new FakeIdentityProvider("github") };
const sys = await createTestSystem({ identityProviders: providers });
const minute = 60_000;
const refusal = (code: string) => ({ message: code });
const problem = (code: string) => ({ problem: code });

type Person = Partial<ExternalIdentity> & { subject: string };
type Purpose = "sign_in" | "link" | "step_up";
type Journey = { provider?: ProviderName; purpose?: Purpose; target?: string };

let people = 0;
const somebody = (facts: Partial<Person> = {}): Person => {
  const subject = String(++people);
  return { subject, email: `person-${subject}@example.org`, ...facts };
};

const cookiesOf = ({ jar }: Browser) => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");

/** What the web server makes of a browser's request. */
async function actorOf(browser: Browser, method: "GET" | "POST", system: TestSystem = sys) {
  const headers = new Headers({ cookie: cookiesOf(browser), origin: sys.config.WEB_URL });
  return (await createAppContext(system, { method, headers, remoteAddress: "192.0.2.7" })).actor;
}

function keep({ jar }: Browser, cookies: readonly string[]): void {
  for (const cookie of cookies) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (/Max-Age=0/.test(cookie)) jar.delete(name);
    else jar.set(name, value);
  }
}

async function leave(
  browser: Browser,
  { provider = "google", purpose = "sign_in", target = "/assistants" }: Journey = {},
): Promise<string> {
  const actor = await actorOf(browser, "POST");
  const { url, cookie } = await beginProvider(sys, actor, { provider, purpose, target });
  keep(browser, [cookie]);
  return url;
}

async function comeBack(
  browser: Browser,
  callback: URL,
  provider: ProviderName = "google",
): Promise<Arrival> {
  const actor = await actorOf(browser, "GET");
  const arrival = await finishProvider(sys, actor, { provider, callback, cookies: cookiesOf(browser) });
  keep(browser, arrival.cookies);
  return arrival;
}

async function enter(browser: Browser, person: Person | null, journey: Journey = {}): Promise<Arrival> {
  const { provider = "google" } = journey;
  const url = await leave(browser, journey);
  return comeBack(browser, providers[provider].signIn(url, person), provider);
}

const me = (browser: Browser) => browser.call((api) => api.auth.me({}));
const identitiesOf = async (browser: Browser) =>
  (await browser.call((api) => api.auth.identities.list({}))).items;
const eventsOf = (userId: string, action: string) =>
  sys.db.auditEvent.findMany({ where: { userId, action }, orderBy: { id: "asc" } });

async function newcomer(facts: Partial<Person> = {}, provider: ProviderName = "google") {
  const browser = new Browser(sys);
  const person = somebody(facts);
  await enter(browser, person, { provider });
  return { browser, person, userId: (await me(browser)).id };
}

/** Somebody with a password. */
async function owner({ verified = false } = {}) {
  const { account, browser } = await registeredOwner(sys);
  const { userId, email } = account;
  if (verified)
    await sys.db.user.update({ where: { id: userId }, data: { emailVerifiedAt: sys.clock.now() } });
  return { browser, userId, email, account };
}

describe("A1: whoever is new", () => {
  test("gets an account without a password, and the same one ever after, whatever their address is then", async () => {
    const browser = new Browser(sys);
    const person = somebody();
    expect(await enter(browser, person, { target: "/vault?x=1" })).toMatchObject({
      target: "/vault?x=1",
      factors: [],
    });
    const { id, email } = await me(browser);
    expect(email).toBe(person.email);
    expect(await sys.db.user.findUniqueOrThrow({ where: { id } })).toMatchObject({
      passwordHash: null,
      emailVerifiedAt: sys.clock.now(),
    });
    const again = new Browser(sys);
    await enter(again, { ...person, email: "moved@example.org" });
    expect(await me(again)).toMatchObject({ id, email });
    expect((await eventsOf(id, "auth.login")).map(({ details }) => details)).toMatchObject([
      { method: "google" },
      { method: "google" },
    ]);
    expect(await eventsOf(id, "auth.registered")).toHaveLength(1);
  });

  test("sets a first password, once, which signs in and has a vault", async () => {
    const { browser, person, userId } = await newcomer();
    const { kdf, authKey, slot } = newAccount(sys);
    expect(await browser.call((api) => api.vault.slots.list({}))).toEqual([]);
    await browser.call((api) => api.auth.password.set({ kdf, authKey, slot }));
    expect(await browser.call((api) => api.vault.slots.list({}))).toMatchObject([{ id: slot.id }]);
    const elsewhere = new Browser(sys);
    await elsewhere.call((api) => api.auth.login({ email: person.email ?? "", authKey }));
    expect(await me(elsewhere)).toEqual(await me(browser));
    const other = newAccount(sys);
    await expect(
      browser.call((api) =>
        api.auth.password.set({ kdf: other.kdf, authKey: other.authKey, slot: other.slot }),
      ),
    ).rejects.toMatchObject(refusal("auth.password-exists"));
    expect(await eventsOf(userId, "auth.password-set")).toHaveLength(1);
    await new Browser(sys).call((api) => api.auth.login({ email: person.email ?? "", authKey }));
  });

  test("is told apart by provider and number, never by the address", async () => {
    const one = await newcomer({ subject: "same" }, "google");
    const other = await newcomer({ subject: "same" }, "github");
    expect(other.userId).not.toBe(one.userId);
  });

  test("counts as holder of the address only when the provider knows it at this moment; else a mail asks", async () => {
    const { userId, person } = await newcomer({ emailAuthoritative: false });
    expect((await sys.db.user.findUniqueOrThrow({ where: { id: userId } })).emailVerifiedAt).toBeNull();
    expect(await sys.db.mailToken.findMany({ where: { userId } })).toMatchObject([
      { purpose: "verify_email", email: person.email },
    ]);
    const known = await newcomer();
    expect(await sys.db.mailToken.count({ where: { userId: known.userId } })).toBe(0);
  });

  test.each([
    ["no address", { email: null, emailVerified: false }],
    ["an address that is only typed in", { emailVerified: false }],
    ["an address that is none", { email: "not an address" }],
  ])("with %s gets no account, and hears the same when there is one", async (_, facts) => {
    const { email } = await owner({ verified: true });
    const before = await sys.db.user.count();
    const browser = new Browser(sys);
    expect(await enter(browser, somebody(facts))).toMatchObject(problem("provider.no-email"));
    expect(await enter(browser, somebody({ email, ...facts }))).toMatchObject(problem("provider.no-email"));
    expect(await sys.db.user.count()).toBe(before);
    expect(browser.session).toBe("");
  });

  test("twice at the same moment, is one account", async () => {
    const person = somebody();
    const browsers = Array.from({ length: 8 }, () => new Browser(sys));
    const callbacks = await Promise.all(
      browsers.map(async (browser) => providers.google.signIn(await leave(browser), person)),
    );
    const arrivals = await Promise.all(
      browsers.map((browser, index) => comeBack(browser, callbacks[index] ?? new URL("x:"))),
    );
    for (const arrival of arrivals) expect(arrival).toMatchObject({ target: "/assistants" });
    const ids = await Promise.all(browsers.map(async (browser) => (await me(browser)).id));
    expect(new Set(ids).size).toBe(1);
  });
});

describe("an account that has the address already", () => {
  test("of which nobody showed that it is theirs, isn't entered and isn't linked", async () => {
    const { email, userId } = await owner();
    const browser = new Browser(sys);
    expect(await enter(browser, somebody({ email }))).toMatchObject(problem("provider.address-in-use"));
    expect(browser.session).toBe("");
    expect(await sys.db.identity.count({ where: { userId } })).toBe(0);
    expect(await eventsOf(userId, "auth.provider-refused")).toMatchObject([
      { outcome: "refused", details: { provider: "google", reason: "provider.address-in-use" } },
    ]);
  });

  test("isn't entered by whom the provider asked years ago", async () => {
    const { email, userId } = await owner({ verified: true });
    expect(await enter(new Browser(sys), somebody({ email, emailAuthoritative: false }))).toMatchObject(
      problem("provider.address-in-use"),
    );
    expect(await sys.db.identity.count({ where: { userId } })).toBe(0);
  });

  test("is linked when both sides know whose mailbox it is, and its owner hears of it", async () => {
    const { email, userId } = await owner({ verified: true });
    const browser = new Browser(sys);
    const person = somebody({ email: email.toUpperCase() });
    expect(await enter(browser, person)).toMatchObject({ target: "/assistants", factors: [] });
    expect((await me(browser)).id).toBe(userId);
    expect(await eventsOf(userId, "auth.provider-linked")).toMatchObject([
      { details: { provider: "google" } },
    ]);
    const mails = await sys.db.$queryRaw<
      { data: object }[]
    >`SELECT data FROM pgboss.job WHERE data::text LIKE '%provider-linked%'`;
    expect(JSON.stringify(mails)).toContain(email);
  });

  test("is another's when the address was given out again", async () => {
    const first = await newcomer();
    const heir = somebody({ email: first.person.email ?? null });
    expect(await enter(new Browser(sys), heir)).toMatchObject(problem("provider.address-in-use"));
    expect(await identitiesOf(first.browser)).toHaveLength(1);
  });

  test("stays without a provider that its owner took off", async () => {
    const { browser, email } = await owner({ verified: true });
    const person = somebody({ email });
    await enter(browser, person, { purpose: "link" });
    const [identity] = await identitiesOf(browser);
    await browser.call((api) => api.auth.identities.unlink({ identityId: identity?.id ?? "" }));
    expect(await enter(new Browser(sys), person)).toMatchObject(problem("provider.address-in-use"));
    expect(await enter(new Browser(sys), somebody({ email }), { provider: "github" })).toMatchObject({
      factors: [],
    });
  });
});

describe("A6: with an authenticator app", () => {
  async function withTotp() {
    const { browser, person, userId } = await newcomer();
    const { secret } = await browser.call((api) => api.auth.totp.begin({}));
    const shown = () => codeOf(readSecret(secret), stepOf(sys.clock.now()));
    const code = await shown();
    await browser.call((api) => api.auth.totp.confirm({ code }));
    sys.clock.advance(minute);
    return { person, userId, shown };
  }

  test("a provider opens a half session, which a code completes", async () => {
    const { person, userId, shown } = await withTotp();
    const browser = new Browser(sys);
    expect(await enter(browser, person)).toMatchObject({
      target: "/assistants",
      factors: ["totp", "recovery-code"],
    });
    await expect(me(browser)).rejects.toMatchObject(refusal("auth.second-factor-required"));
    for (const purpose of ["link", "step_up"] as const)
      await expect(leave(browser, { purpose })).rejects.toMatchObject(refusal("auth.second-factor-required"));
    const code = await shown();
    await browser.call((api) => api.auth.verifyTotp({ proof: { kind: "totp", code } }));
    expect((await me(browser)).id).toBe(userId);
  });

  test("the activity tells both steps of a sign-in, the first by what it was", async () => {
    const { person, userId, shown } = await withTotp();
    const browser = new Browser(sys);
    await enter(browser, person);
    const code = await shown();
    await browser.call((api) => api.auth.verifyTotp({ proof: { kind: "totp", code } }));
    expect((await eventsOf(userId, "auth.login-begun")).at(-1)?.details).toMatchObject({ method: "google" });
    expect((await eventsOf(userId, "auth.login")).at(-1)?.details).toMatchObject({ method: "google+totp" });
  });
});

describe("an attempt", () => {
  async function departed(journey: Journey = {}) {
    const browser = new Browser(sys);
    const person = somebody();
    const url = await leave(browser, journey);
    return { browser, person, callback: providers[journey.provider ?? "google"].signIn(url, person) };
  }
  const nobodyEntered = async (browser: Browser, person: Person) => {
    expect(browser.session).toBe("");
    expect(
      await sys.db.identity.count({ where: { subject: person.subject, issuer: providers.google.issuer } }),
    ).toBe(0);
  };

  test("without its cookie, with one that was made up, or in another browser is refused", async () => {
    const { browser, person, callback } = await departed();
    const [bare, forged, other] = [new Browser(sys), new Browser(sys), new Browser(sys)];
    forged.jar.set("__Host-provider", "A".repeat(43));
    await leave(other);
    for (const wrong of [bare, forged, other]) {
      expect(await comeBack(wrong, callback)).toMatchObject(problem("provider.refused"));
      await nobodyEntered(wrong, person);
    }
    expect(await comeBack(browser, callback)).toMatchObject({ target: "/assistants" });
  });

  test("counts once: coming back again is refused", async () => {
    const { browser, callback } = await departed();
    const copy = browser.copy();
    await comeBack(browser, callback);
    expect(browser.jar.has("__Host-provider")).toBe(false);
    const before = browser.session;
    for (const again of [browser, copy])
      expect(await comeBack(again, callback)).toMatchObject({ ...problem("provider.refused"), target: null });
    expect(browser.session).toBe(before);
  });

  test("counts once also when twenty come back at the same moment, whatever the provider lets pass", async () => {
    const { browser, callback } = await departed();
    const copies = Array.from({ length: 20 }, () => browser.copy());
    providers.google.isForgetful = true;
    const arrivals = await Promise.all(copies.map((copy) => comeBack(copy, callback)));
    providers.google.isForgetful = false;
    expect(arrivals.filter((arrival) => "factors" in arrival)).toHaveLength(1);
    expect(copies.filter(({ session }) => session !== "")).toHaveLength(1);
  });

  test("is spent by a wrong answer too", async () => {
    const { browser, person, callback } = await departed();
    const copy = browser.copy();
    const wrong = new URL(callback);
    wrong.searchParams.set("state", "made-up");
    expect(await comeBack(browser, wrong)).toMatchObject(problem("provider.refused"));
    expect(await comeBack(copy, callback)).toMatchObject(problem("provider.refused"));
    await nobodyEntered(copy, person);
  });

  test("lasts ten minutes", async () => {
    const { browser, person, callback } = await departed();
    sys.clock.advance(10 * minute);
    expect(await comeBack(browser, callback)).toMatchObject(problem("provider.refused"));
    await nobodyEntered(browser, person);
    await leave(new Browser(sys));
    expect(await sys.db.providerAttempt.count({ where: { expiresAt: { lte: sys.clock.now() } } })).toBe(0);
  });

  test("at one provider is none at another", async () => {
    for (const path of ["google", "github"]) {
      const { browser, person, callback } = await departed();
      const elsewhere = new URL(`${sys.config.WEB_URL}/auth/${path}/callback${callback.search}`);
      expect(await comeBack(browser, elsewhere, "github")).toMatchObject(problem("provider.refused"));
      await nobodyEntered(browser, person);
    }
  });

  test("ends when the browser leaves anew", async () => {
    const { browser, person, callback } = await departed();
    await leave(browser);
    expect(await comeBack(browser, callback)).toMatchObject(problem("provider.refused"));
    await nobodyEntered(browser, person);
  });

  test("can't be continued from its row, which shows nothing of what must come back", async () => {
    const { browser, person, callback } = await departed();
    const row = await sys.db.providerAttempt.findFirstOrThrow({ orderBy: { createdAt: "desc" } });
    const state = callback.searchParams.get("state") ?? "";
    expect(state).not.toBe("");
    const stored = JSON.stringify(row) + Buffer.from(row.checks).toString("latin1");
    expect(stored).not.toContain(state);
    expect(stored).not.toContain("verifier-");
    expect(stored).not.toContain(browser.jar.get("__Host-provider"));
    const thief = new Browser(sys);
    thief.jar.set("__Host-provider", row.secretHash.slice(0, 43));
    expect(await comeBack(thief, callback)).toMatchObject(problem("provider.refused"));
    await nobodyEntered(thief, person);
  });

  test("keeps its cookie from scripts, other sites and plain connections, but brings it back from the provider", async () => {
    const actor = await actorOf(new Browser(sys), "POST");
    const { cookie } = await beginProvider(sys, actor, {
      provider: "google",
      purpose: "sign_in",
      target: "/",
    });
    expect(cookie).toMatch(
      /^__Host-provider=[\w-]{43}; HttpOnly; Max-Age=600; Path=\/; SameSite=Lax; Secure$/,
    );
  });

  test("that the person or the network ended says so, and all is in the audit log, without a secret", async () => {
    const browser = new Browser(sys);
    expect(await enter(browser, null)).toMatchObject({
      ...problem("provider.denied"),
      purpose: "sign_in",
      target: "/assistants",
    });
    const { browser: waiting, callback } = await departed();
    providers.google.isDown = true;
    expect(await comeBack(waiting, callback)).toMatchObject(problem("provider.unreachable"));
    await expect(leave(browser)).rejects.toMatchObject(refusal("provider.unreachable"));
    providers.google.isDown = false;
    const events = await sys.db.auditEvent.findMany({
      where: { action: "auth.provider-refused" },
      orderBy: { id: "desc" },
      take: 2,
    });
    expect(events.map(({ details, outcome }) => ({ details, outcome }))).toEqual(
      ["provider.unreachable", "provider.denied"].map((reason) => ({
        outcome: "refused",
        details: { provider: "google", purpose: "sign_in", reason },
      })),
    );
    expect(sys.logged.join("")).not.toMatch(/verifier-|code-\d|state-\d/);
  });

  test.each(["https://evil.example", "//evil.example", "/\\evil.example", "/a/..//evil.example"])(
    "V4: doesn't lead on to %s",
    async (target) => {
      await expect(leave(new Browser(sys), { target })).rejects.toMatchObject(refusal("input.invalid"));
    },
  );

  test("A7: thirty from one address in a quarter of an hour are enough", async () => {
    const strict = { ...sys, limiter: rateLimiterOn(sys.db, 1) };
    const actor = { kind: "anonymous", ip: "198.51.100.9", userAgent: "", deviceHash: null } as const;
    const begin = () => beginProvider(strict, actor, { provider: "google", purpose: "sign_in", target: "/" });
    for (let times = 0; times < 30; times++) await begin();
    await expect(begin()).rejects.toMatchObject(refusal("request.too-many"));
    const callback = new URL(`${sys.config.WEB_URL}/auth/google/callback`);
    expect(await finishProvider(strict, actor, { provider: "google", callback, cookies: "" })).toMatchObject(
      problem("request.too-many"),
    );
  });
});

describe("linking", () => {
  const link = { purpose: "link", target: "/settings/security" } as const;

  test("adds a way to sign in to the account that asked, and its owner hears of it", async () => {
    const { browser, userId } = await owner();
    const person = somebody();
    expect(await enter(browser, person, link)).toMatchObject({ target: "/settings/security" });
    expect(await identitiesOf(browser)).toMatchObject([{ provider: "google", email: person.email }]);
    const elsewhere = new Browser(sys);
    await enter(elsewhere, person);
    expect((await me(elsewhere)).id).toBe(userId);
    expect(await eventsOf(userId, "auth.provider-linked")).toHaveLength(1);
    expect(await enter(browser, person, link)).toMatchObject({ target: "/settings/security" });
    expect(await eventsOf(userId, "auth.provider-linked")).toHaveLength(1);
  });

  test("needs somebody who has shown lately that it is them", async () => {
    const { browser } = await owner();
    sys.clock.advance(10 * minute);
    await expect(leave(browser, link)).rejects.toMatchObject(refusal("auth.step-up-required"));
    await expect(leave(new Browser(sys), link)).rejects.toMatchObject(refusal("auth.required"));
  });

  test("A10: needs that proof still when the person comes back", async () => {
    const { browser } = await owner();
    sys.clock.advance(5 * minute);
    const url = await leave(browser, link);
    sys.clock.advance(5 * minute);
    expect(await comeBack(browser, providers.google.signIn(url, somebody()))).toMatchObject(
      problem("auth.step-up-required"),
    );
    expect(await identitiesOf(browser)).toEqual([]);
  });

  test("an identity of another account is refused, and stays theirs", async () => {
    const theirs = await newcomer();
    const { browser, userId } = await owner();
    expect(await enter(browser, theirs.person, link)).toMatchObject({
      ...problem("provider.identity-in-use"),
      purpose: "link",
      target: "/settings/security",
    });
    expect(await identitiesOf(browser)).toEqual([]);
    expect(await identitiesOf(theirs.browser)).toHaveLength(1);
    expect(await eventsOf(userId, "auth.provider-refused")).toMatchObject([
      { outcome: "refused", details: { purpose: "link", reason: "provider.identity-in-use" } },
    ]);
  });

  test("of two accounts that ask for one identity at once, one gets it", async () => {
    const person = somebody();
    const asking = await Promise.all([owner(), owner()]);
    const callbacks = await Promise.all(
      asking.map(async ({ browser }) => providers.google.signIn(await leave(browser, link), person)),
    );
    const arrivals = await Promise.all(
      asking.map(({ browser }, index) => comeBack(browser, callbacks[index] ?? new URL("x:"))),
    );
    expect(arrivals.filter((arrival) => "factors" in arrival)).toHaveLength(1);
    expect(arrivals.filter((arrival) => "problem" in arrival)).toMatchObject([
      problem("provider.identity-in-use"),
    ]);
  });

  test("isn't finished by who signed out or changed accounts meanwhile, nor does it sign anybody in", async () => {
    const { browser, account } = await owner();
    const attacker = await owner();
    const leaving = async () => providers.google.signIn(await leave(browser, link), somebody());

    let callback = await leaving();
    const signedOut = browser.copy();
    signedOut.jar.delete("__Host-session");
    expect(await comeBack(signedOut, callback)).toMatchObject(problem("auth.required"));
    expect(signedOut.session).toBe("");

    callback = await leaving();
    const swapped = browser.copy();
    swapped.jar.set("__Host-session", attacker.browser.session);
    expect(await comeBack(swapped, callback)).toMatchObject(problem("auth.required"));

    callback = await leaving();
    const second = new Browser(sys);
    await second.call((api) => api.auth.login({ email: account.email, authKey: account.authKey }));
    second.jar.set("__Host-provider", browser.jar.get("__Host-provider") ?? "");
    expect(await comeBack(second, callback)).toMatchObject(problem("auth.required"));

    callback = await leaving();
    const newSession = browser.copy();
    await newSession.call((api) => api.auth.login({ email: account.email, authKey: account.authKey }));
    // The attempt ended with the session that it was bound to.
    expect(await comeBack(newSession, callback)).toMatchObject(problem("provider.refused"));
    expect(await identitiesOf(newSession)).toEqual([]);
    expect(await identitiesOf(attacker.browser)).toEqual([]);
  });
});

describe("A10: step-up by a provider", () => {
  const stepUp = { purpose: "step_up", target: "/settings" } as const;
  const createToken = (browser: Browser) =>
    browser.call((api) =>
      api.apiTokens.create({ id: sys.random.uuid(), name: "laptop", scope: "read", days: 1 }),
    );

  test("proves the session anew, under a new cookie", async () => {
    const { browser, person, userId } = await newcomer();
    sys.clock.advance(10 * minute);
    await expect(createToken(browser)).rejects.toMatchObject(refusal("auth.step-up-required"));
    const before = browser.copy();
    const url = await leave(browser, stepUp);
    expect(new URL(url).searchParams.get("prompt")).toBe("login");
    expect(await comeBack(browser, providers.google.signIn(url, person))).toMatchObject({
      target: "/settings",
    });
    await createToken(browser);
    await expect(me(before)).rejects.toMatchObject(refusal("auth.required"));
    expect(await eventsOf(userId, "auth.step-up")).toMatchObject([{ details: { by: "google" } }]);
  });

  test("by another's identity or one that nobody knows is refused, and told in the owner's activity", async () => {
    const { browser, userId } = await newcomer();
    const other = await newcomer();
    sys.clock.advance(10 * minute);
    for (const wrong of [other.person, somebody()])
      expect(await enter(browser, wrong, stepUp)).toMatchObject(problem("provider.refused"));
    await expect(createToken(browser)).rejects.toMatchObject(refusal("auth.step-up-required"));
    expect(await eventsOf(userId, "auth.step-up-failed")).toHaveLength(2);
    expect((await me(other.browser)).id).toBe(other.userId);
  });

  test("needs a sign-in at the provider since the person left", async () => {
    const { browser, person } = await newcomer();
    const url = await leave(browser, stepUp);
    sys.clock.advance(minute);
    providers.google.signedInSecondsAgo = 61;
    const arrival = await comeBack(browser, providers.google.signIn(url, person));
    providers.google.signedInSecondsAgo = 0;
    expect(arrival).toMatchObject(problem("provider.refused"));
  });

  test("is not for accounts that have a password or a second factor of their own", async () => {
    const { browser } = await owner();
    await enter(browser, somebody(), { purpose: "link" });
    await expect(leave(browser, stepUp)).rejects.toMatchObject(refusal("auth.method-missing"));

    const { browser: other } = await newcomer();
    const { secret } = await other.call((api) => api.auth.totp.begin({}));
    const code = await codeOf(readSecret(secret), stepOf(sys.clock.now()));
    await other.call((api) => api.auth.totp.confirm({ code }));
    await expect(leave(other, stepUp)).rejects.toMatchObject(refusal("auth.method-missing"));
  });

  test("isn't had by signing in again at the provider, for accounts that have a password", async () => {
    const { browser, userId } = await owner();
    const person = somebody();
    await enter(browser, person, { purpose: "link" });
    sys.clock.advance(10 * minute);
    await enter(browser, person);
    expect((await me(browser)).id).toBe(userId);
    await expect(createToken(browser)).rejects.toMatchObject(refusal("auth.step-up-required"));

    const verified = await owner({ verified: true });
    const elsewhere = new Browser(sys);
    await enter(elsewhere, somebody({ email: verified.email }));
    expect((await me(elsewhere)).id).toBe(verified.userId);
    await expect(createToken(elsewhere)).rejects.toMatchObject(refusal("auth.step-up-required"));
    const { authKey } = verified.account;
    await elsewhere.call((api) => api.auth.stepUp({ proof: { kind: "password", authKey } }));
    await createToken(elsewhere);
  });

  test("isn't offered for a provider that the account doesn't have", async () => {
    const { browser } = await newcomer();
    await expect(leave(browser, { ...stepUp, provider: "github" })).rejects.toMatchObject(
      refusal("auth.method-missing"),
    );
    await expect(leave(new Browser(sys), stepUp)).rejects.toMatchObject(refusal("auth.required"));
  });
});

describe("taking a provider off", () => {
  const unlink = (browser: Browser, identityId: string) =>
    browser.call((api) => api.auth.identities.unlink({ identityId }));

  test("is refused when nothing else signs in", async () => {
    const { browser, userId } = await newcomer();
    const [only] = await identitiesOf(browser);
    await expect(unlink(browser, only?.id ?? "")).rejects.toMatchObject(refusal("auth.last-method"));
    expect(await identitiesOf(browser)).toHaveLength(1);
    await enter(browser, somebody(), { provider: "github", purpose: "link" });
    await unlink(browser, only?.id ?? "");
    expect(await identitiesOf(browser)).toMatchObject([{ provider: "github" }]);
    expect(await eventsOf(userId, "auth.provider-unlinked")).toMatchObject([
      { targetId: only?.id, details: { provider: "google" } },
    ]);
  });

  test("of two at once leaves one", async () => {
    const { browser } = await newcomer();
    await enter(browser, somebody(), { provider: "github", purpose: "link" });
    const identities = await identitiesOf(browser);
    const outcomes = await Promise.allSettled(identities.map(({ id }) => unlink(browser.copy(), id)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await identitiesOf(browser)).toHaveLength(1);
  });
});

test("which providers are offered is said to everybody, and one that isn't can't be left for", async () => {
  const { items } = await new Browser(sys).call((api) => api.auth.providers.list({}));
  expect(items).toEqual(["google", "github"]);
  const fewer = { ...sys, identityProviders: { github: providers.github } };
  const actor = await actorOf(new Browser(sys), "POST");
  await expect(
    beginProvider(fewer, actor, { provider: "google", purpose: "sign_in", target: "/" }),
  ).rejects.toMatchObject(refusal("auth.method-missing"));
});
