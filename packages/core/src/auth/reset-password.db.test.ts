import WebAuthnEmulator from "nid-webauthn-emulator";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { rateLimiterOn } from "../adapters/rate-limiter.ts";
import { limitCatalogue } from "../limits/rules.ts";
import { Browser, newAccount, newKey, registeredOwner } from "../testing/browser.ts";
import { databaseFingerprint } from "../testing/database-fingerprint.ts";
import { databaseText } from "../testing/database-text.ts";
import { FakeMailer } from "../testing/fake-mailer.ts";
import { mailedToken, mailsTo } from "../testing/mailed-link.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { cleanUp } from "./clean-up.ts";
import { createMailLink } from "./mail-links.ts";
import { mailResetLink } from "./mail-reset-link.ts";
import { mailTokenOf } from "./mail-token.ts";
import type { FactorProof, resetPasswordInput } from "./schema.ts";
import { codeOf, readSecret, stepOf } from "./totp.ts";

const sys = { ...(await createTestSystem()), mailer: new FakeMailer() };
const refusal = (code: string) => ({ message: code });
const expired = refusal("auth.link-expired");
const { origin } = new URL(sys.config.WEB_URL);
const [minute, day] = [60_000, 86_400_000];

const stranger = () => new Browser(sys, "203.0.113.9");
const login = ({ email, authKey }: { email: string; authKey: string }) =>
  stranger().call((api) => api.auth.login({ email, authKey }));
const request = (email: string) => stranger().call((api) => api.auth.password.requestReset({ email }));
async function requested(email: string): Promise<string> {
  await request(email);
  return mailedToken(sys, email, "/reset-password");
}
type Input = z.input<typeof resetPasswordInput>;
function fresh(token: string, proof: FactorProof | null = null): Input {
  const { kdf, authKey, slot } = newAccount(sys);
  return { token, kdf, authKey, slot, proof };
}
const reset = (input: Input) => stranger().call((api) => api.auth.password.reset(input));

async function owner() {
  const { account, browser } = await registeredOwner(sys);
  const token = await mailedToken(sys, account.email, "/verify-email");
  await browser.call((api) => api.auth.email.verify({ token }));
  return { account, browser };
}
/** Returns the device that holds it. */
async function addPasskey(browser: Browser): Promise<WebAuthnEmulator> {
  const device = new WebAuthnEmulator();
  const { challengeId, options } = await browser.call((api) => api.auth.passkeys.begin({}));
  const response = device.createJSON(origin, options as never) as never;
  await browser.call((api) => api.auth.passkeys.add({ challengeId, name: "Phone", response }));
  return device;
}
const eventsOf = async (userId: string) =>
  (await sys.db.auditEvent.findMany({ where: { userId }, orderBy: { id: "asc" } })).map(
    ({ action, outcome }) => `${action} ${outcome}`,
  );

describe("asking for a new password", () => {
  test("A7: is the same for an address with and without an account; only the owner gets a mail", async () => {
    const { account } = await owner();
    const nobody = `${sys.random.uuid()}@example.org`;
    const before = await databaseFingerprint(sys.db);
    expect(await request(account.email)).toEqual(await request(nobody));
    expect(await databaseFingerprint(sys.db)).toBe(before); // each left a job, and nothing else
    expect((await mailsTo(sys, nobody)).length).toBe(0);
    expect((await mailsTo(sys, account.email)).map(({ subject }) => subject)).toEqual([
      "Reset your password",
    ]);
    expect((await eventsOf(account.userId)).at(-1)).toBe("auth.reset-requested ok");
    const event = await sys.db.auditEvent.findFirst({
      where: { userId: account.userId },
      orderBy: { id: "desc" },
    });
    expect(event).toMatchObject({ actorKind: "anonymous", ip: "203.0.113.9" });
    const refused = { action: "auth.reset-requested", outcome: "refused" } as const;
    expect(await sys.db.auditEvent.count({ where: refused })).toBe(1); // whoever looks for accounts is seen
  });

  test("its job, done twice, mails one link", async () => {
    const { account } = await owner();
    const job = { id: sys.random.uuid(), email: account.email, ip: "203.0.113.9", userAgent: "" };
    await mailResetLink(sys, job);
    await mailResetLink(sys, job);
    expect(await mailsTo(sys, account.email)).toHaveLength(1);
    expect(await sys.db.mailToken.count({ where: { id: job.id } })).toBe(1);
  });

  test("an account without a password is told how it signs in", async () => {
    const email = `${sys.random.uuid()}@example.org`;
    const [id, createdAt] = [sys.random.uuid(), sys.clock.now()];
    await sys.db.user.create({ data: { id, email, createdAt, emailVerifiedAt: createdAt } });
    await request(email);
    const [mail] = await mailsTo(sys, email);
    expect(mail?.subject).toBe("You already have an account");
    expect(mail?.text).not.toContain("#");
  });

  test("no header of a request has a say in where the link leads", async () => {
    const { account } = await owner();
    const poison = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      forwarded: "host=evil.example",
    };
    await stranger().call((api) => api.auth.password.requestReset({ email: account.email }), poison);
    const { html = "", text = "" } = (await mailsTo(sys, account.email))[0] ?? {};
    expect(text).toContain(`${sys.config.WEB_URL}/reset-password#`);
    expect(html + text).not.toContain("evil");
  });

  test("A7: is counted for the address, whether it has an account or not", async () => {
    const limited = { ...sys, limiter: rateLimiterOn(sys.db, 1) };
    const { account } = await owner();
    const { points } = limitCatalogue["reset.account"];
    for (const email of [account.email, `${sys.random.uuid()}@example.org`]) {
      const ask = () =>
        new Browser(limited, `203.0.113.${points}`).call((api) => api.auth.password.requestReset({ email }));
      for (let asked = 0; asked < points; asked++) await ask();
      await expect(ask()).rejects.toMatchObject(refusal("request.too-many"));
    }
  });

  test("no row holds what the link needs", async () => {
    const { account } = await owner();
    const [id = "", mac = ""] = (await requested(account.email)).split(".");
    const everything = await databaseText(sys.db);
    expect(everything).toContain(id);
    expect(everything).not.toContain(mac);
  });
});

describe("a link to a new password", () => {
  test("says whose it is as often as it is asked, and nothing once it was used", async () => {
    const { account } = await owner();
    const token = await requested(account.email);
    const read = () => stranger().call((api) => api.auth.password.readLink({ token }));
    const before = await databaseFingerprint(sys.db);
    const { userId, email } = account;
    for (let times = 0; times < 2; times++)
      expect(await read()).toEqual({ userId, email, confirmed: true, factors: [] });
    expect(await databaseFingerprint(sys.db)).toBe(before);
    await reset(fresh(token));
    await expect(read()).rejects.toMatchObject(expired);
  });
});

describe("a new password through a link", () => {
  test("replaces the old one, ends every session, tells the owner, and signs nobody in", async () => {
    const { account, browser } = await owner();
    const input = fresh(await requested(account.email));
    await mailsTo(sys, account.email);
    const visitor = stranger();
    expect(await visitor.call((api) => api.auth.password.reset(input))).toEqual({});
    expect(visitor.session).toBe("");
    await expect(browser.call((api) => api.auth.me({}))).rejects.toMatchObject(refusal("auth.required"));
    await expect(login(account)).rejects.toMatchObject(refusal("auth.wrong-credentials"));
    const [told] = await mailsTo(sys, account.email);
    expect(told?.subject).toBe("Your password was reset");
    expect(told?.text).toContain("From: 203.0.113.9");
    expect((await login({ email: account.email, authKey: input.authKey })).me?.id).toBe(account.userId);
    expect(await eventsOf(account.userId)).toContain("auth.password-reset ok");
  });

  test("E2: leaves the old vault behind and begins a new one; instances stay", async () => {
    const { account, browser } = await owner();
    const { userId } = account;
    const id = sys.random.uuid();
    const old = { id, revision: 1, wrappedKey: "AAAA", envelope: "BBBB" };
    await browser.call((api) => api.vault.configs.save(old));
    await browser.call((api) => api.vault.index.save({ revision: 1, envelope: "CCCC" }));
    await sys.db.user.update({ where: { id: userId }, data: { signingKey: "A".repeat(43) } });
    const instance = { id: sys.random.uuid(), name: "Ada", model: "openai/gpt-5-mini", channels: [] };
    await browser.call((api) => api.instances.create(instance));
    const operationId = sys.random.uuid();
    const [createdAt, expiresAt] = [sys.clock.now(), new Date(sys.clock.now().getTime() + minute)];
    const deployment = {
      deployKeyId: sys.random.uuid(),
      configId: id,
      revision: 1,
      sealed: Buffer.from("sealed"),
      expiresAt,
    };
    await sys.db.operation.create({
      data: {
        id: operationId,
        instanceId: instance.id,
        kind: "deploy",
        state: "queued",
        generation: 1,
        createdAt,
        deployment: { create: deployment },
      },
    });
    const input = fresh(await requested(account.email));
    await reset(input);
    expect(await eventsOf(userId)).toContain("vault.replaced ok");

    const again = stranger();
    await again.call((api) => api.auth.login({ email: account.email, authKey: input.authKey }));
    const slots = await again.call((api) => api.vault.slots.list({}));
    expect(slots.map((slot) => slot.id)).toEqual([input.slot.id]);
    expect((await again.call((api) => api.vault.configs.list({}))).items).toEqual([]);
    const leftAt = sys.clock.now();
    const erasedAt = new Date(leftAt.getTime() + 30 * day);
    expect(await again.call((api) => api.vault.leftBehind({}))).toEqual([{ id, leftAt, erasedAt }]);
    const { browser: neighbour } = await owner();
    expect(await neighbour.call((api) => api.vault.leftBehind({}))).toEqual([]);
    await expect(again.call((api) => api.vault.configs.get({ id }))).rejects.toMatchObject(
      refusal("vault.config-missing"),
    );
    const index = { revision: 1, envelope: "DDDD" };
    await expect(again.call((api) => api.vault.configs.remove({ id, index }))).rejects.toMatchObject(
      refusal("vault.config-missing"),
    );
    expect(await again.call((api) => api.vault.index.get({}))).toBeNull();
    expect((await sys.db.user.findUniqueOrThrow({ where: { id: userId } })).signingKey).toBeNull();
    expect((await again.call((api) => api.instances.list({}))).items).toHaveLength(1);
    // What waits for a worker was signed with a key of the old vault.
    expect((await sys.db.deployment.findUniqueOrThrow({ where: { operationId } })).sealed).toBeNull();

    await expect(again.call((api) => api.vault.configs.save({ ...old, revision: 2 }))).rejects.toMatchObject(
      refusal("vault.config-missing"),
    );
    expect(await sys.db.vaultConfig.count({ where: { userId, staleAt: { not: null } } })).toBe(1);
    const saved = { ...old, envelope: "DDDD" };
    await again.call((api) => api.vault.configs.save(saved));
    expect(await again.call((api) => api.vault.configs.get({ id }))).toEqual(saved);
    await again.call((api) => api.vault.index.save({ revision: 1, envelope: "EEEE" }));
    expect(await again.call((api) => api.vault.leftBehind({}))).toEqual([]);
  });

  test("what was left behind is kept for thirty days, and a later change of the password leaves it", async () => {
    const { account, browser } = await owner();
    const { userId } = account;
    await browser.call((api) =>
      api.vault.configs.save({ id: sys.random.uuid(), revision: 1, wrappedKey: "AAAA", envelope: "BBBB" }),
    );
    const input = fresh(await requested(account.email));
    await reset(input);
    const again = stranger();
    await again.call((api) => api.auth.login({ email: account.email, authKey: input.authKey }));
    const { kdf, authKey, slot } = newAccount(sys);
    await again.call((api) =>
      api.auth.password.change({ currentAuthKey: input.authKey, kdf, authKey, slot }),
    );
    const left = async () => [
      await sys.db.vaultSlot.count({ where: { userId } }),
      await sys.db.vaultConfig.count({ where: { userId } }),
    ];
    sys.clock.advance(30 * day - 1);
    await cleanUp(sys);
    expect(await left()).toEqual([2, 1]);
    sys.clock.advance(1);
    await cleanUp(sys);
    expect(await left()).toEqual([1, 0]);
    expect((await login({ email: account.email, authKey })).me?.id).toBe(userId);
  });

  test("of ten uses of the link at once exactly one counts, and later ones none", async () => {
    const { account } = await owner();
    const token = await requested(account.email);
    const inputs = Array.from({ length: 10 }, () => fresh(token));
    const outcomes = await Promise.allSettled(inputs.map(reset));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const winner = inputs[outcomes.findIndex(({ status }) => status === "fulfilled")];
    await expect(reset(fresh(token))).rejects.toMatchObject(expired);
    const { authKey = "" } = winner ?? {};
    expect((await login({ email: account.email, authKey })).me?.id).toBe(account.userId);
    expect(await sys.db.vaultSlot.count({ where: { userId: account.userId, staleAt: null } })).toBe(1);
  });

  test("a link lasts an hour", async () => {
    const { account } = await owner();
    const token = await requested(account.email);
    sys.clock.advance(60 * minute);
    await expect(reset(fresh(token))).rejects.toMatchObject(expired);
  });

  test("a link of another kind, another installation or none resets nothing", async () => {
    const { account } = await owner();
    const { userId, email } = account;
    const token = await requested(email);
    const [id = ""] = token.split(".");
    const other = await sys.db.$transaction((tx) =>
      createMailLink(tx, sys, { userId, purpose: "verify_email", email }),
    );
    const before = await databaseFingerprint(sys.db);
    for (const bad of [
      mailTokenOf(sys, other),
      mailTokenOf(sys, sys.random.uuid()),
      mailTokenOf({ ...sys, config: { ...sys.config, APP_SECRET: newKey(sys) } }, id),
      `${id}.${newKey(sys)}`,
      id,
    ])
      await expect(reset(fresh(bad))).rejects.toMatchObject(expired);
    expect(await databaseFingerprint(sys.db)).toBe(before);
  });

  test("one use makes other links void, as does a new password or another address", async () => {
    const { account, browser } = await owner();
    const [first, second] = [await requested(account.email), await requested(account.email)];
    await reset(fresh(first));
    await expect(reset(fresh(second))).rejects.toMatchObject(expired);
    await expect(browser.call((api) => api.auth.me({}))).rejects.toMatchObject(refusal("auth.required"));

    const other = await owner();
    const third = await requested(other.account.email);
    const { kdf, authKey, slot } = newAccount(sys);
    await other.browser.call((api) =>
      api.auth.password.change({ currentAuthKey: other.account.authKey, kdf, authKey, slot }),
    );
    await expect(reset(fresh(third))).rejects.toMatchObject(expired);

    const fourth = await requested(other.account.email);
    const email = `${sys.random.uuid()}@example.org`;
    await other.browser.call((api) => api.auth.email.requestChange({ email }));
    const confirmed = await mailedToken(sys, email, "/change-email");
    await other.browser.call((api) => api.auth.email.confirmChange({ token: confirmed }));
    await expect(reset(fresh(fourth))).rejects.toMatchObject(expired);
  });

  test("weak key derivation, and a slot that somebody has, are refused, and the link stays", async () => {
    const { account } = await owner();
    const { account: other } = await owner();
    const token = await requested(account.email);
    const input = fresh(token);
    await expect(reset({ ...input, kdf: { ...input.kdf, memory: 8 } })).rejects.toMatchObject(
      refusal("auth.weak-key-derivation"),
    );
    await expect(reset({ ...input, slot: other.slot })).rejects.toMatchObject(refusal("input.invalid"));
    await reset(input);
  });

  test("ends every API token, and the mail says what goes on working", async () => {
    const { account, browser } = await owner();
    const token = { id: sys.random.uuid(), name: "laptop", scope: "manage" as const, days: 30 };
    const { secret } = await browser.call((api) => api.apiTokens.create(token));
    const asProgram = () =>
      stranger().call((api) => api.instances.list({}), { authorization: `Bearer ${secret}` });
    expect((await asProgram()).items).toEqual([]);
    await reset(fresh(await requested(account.email)));
    await expect(asProgram()).rejects.toMatchObject(refusal("auth.required"));
    const [told] = await mailsTo(sys, account.email);
    expect(told?.text).toContain("every API token was ended");
    expect(told?.text).toContain("Passkeys and linked accounts still sign in");
  });

  test("who never confirmed the address may not be who opened the account: nothing that they added signs in any more, or stands in the way", async () => {
    const { account, browser } = await registeredOwner(sys);
    const { userId } = account;
    const token = { id: sys.random.uuid(), name: "laptop", scope: "manage" as const, days: 30 };
    await browser.call((api) => api.apiTokens.create(token));
    const { secret } = await browser.call((api) => api.auth.totp.begin({}));
    const code = await codeOf(readSecret(secret), stepOf(sys.clock.now()));
    await browser.call((api) => api.auth.totp.confirm({ code }));
    await addPasskey(browser);
    const identity = { id: sys.random.uuid(), userId, provider: "github" as const, subject: userId };
    await sys.db.identity.create({
      data: { ...identity, issuer: "https://github.example", createdAt: sys.clock.now() },
    });
    const input = fresh(await requested(account.email));
    await mailsTo(sys, account.email);

    await reset(input);
    expect((await mailsTo(sys, account.email))[0]?.subject).toBe("Your password was set");
    const { me } = await login({ email: account.email, authKey: input.authKey });
    expect(me?.id).toBe(userId);
    const left = await sys.db.user.findUniqueOrThrow({
      where: { id: userId },
      include: { totp: true, recoveryCodes: true, passkeys: true, identities: true, apiTokens: true },
    });
    expect(left).toMatchObject({
      totp: null,
      recoveryCodes: [],
      passkeys: [],
      identities: [],
      apiTokens: [],
    });
    expect(left.emailVerifiedAt).toEqual(sys.clock.now());
  });

  test("an account that was opened at a provider with an address that nobody confirmed is the mailbox owner's too", async () => {
    const [id, email] = [sys.random.uuid(), `${sys.random.uuid()}@example.org`];
    await sys.db.user.create({ data: { id, email, createdAt: sys.clock.now() } });
    const input = fresh(await requested(email));
    await reset(input);
    expect((await login({ email, authKey: input.authKey })).me?.id).toBe(id);
  });
});

test("a mailbox makes nobody an admin: whoever claims an admin's account that was never confirmed is one no more", async () => {
  const role = "admin" as const;
  const unconfirmed = (await registeredOwner(sys)).account;
  const confirmed = (await owner()).account;
  for (const { userId, email } of [unconfirmed, confirmed]) {
    await sys.db.user.update({ where: { id: userId }, data: { role } });
    await reset(fresh(await requested(email)));
  }
  const afterwards = async ({ userId }: { userId: string }) => ({
    role: (await sys.db.user.findUniqueOrThrow({ where: { id: userId } })).role,
    noted: (await sys.db.auditEvent.findFirstOrThrow({ where: { userId, action: "auth.password-reset" } }))
      .details,
  });
  expect(await afterwards(unconfirmed)).toMatchObject({ role: "user", noted: { role: "user" } });
  expect(await afterwards(confirmed)).toMatchObject({
    role,
    noted: expect.not.objectContaining({ role: "user" }),
  });
});

describe("A6: a link alone is not enough for an account with a second factor", () => {
  const shown = (secret: string) => codeOf(readSecret(secret), stepOf(sys.clock.now()));

  async function withTotp() {
    const { account, browser } = await owner();
    const { secret } = await browser.call((api) => api.auth.totp.begin({}));
    const code = await shown(secret);
    const { codes } = await browser.call((api) => api.auth.totp.confirm({ code }));
    sys.clock.advance(minute);
    return { account, browser, secret, codes };
  }

  test("it is asked for, a wrong code is refused and noted, and the link stays", async () => {
    const { account, secret } = await withTotp();
    const token = await requested(account.email);
    const before = await databaseFingerprint(sys.db);
    await expect(reset(fresh(token))).rejects.toMatchObject({
      message: "auth.second-factor-required",
      cause: { details: { factors: "totp,recovery-code" } },
    });
    const { factors: asked } = await stranger().call((api) => api.auth.password.readLink({ token }));
    expect(asked).toEqual(["totp", "recovery-code"]);
    expect(await databaseFingerprint(sys.db)).toBe(before);
    await expect(reset(fresh(token, { kind: "totp", code: "000000" }))).rejects.toMatchObject(
      refusal("auth.wrong-code"),
    );
    expect(await eventsOf(account.userId)).toContain("auth.password-reset-failed refused");
    const input = fresh(token, { kind: "totp", code: await shown(secret) });
    await reset(input);
    const { me, factors } = await login({ email: account.email, authKey: input.authKey });
    expect([me, factors]).toEqual([null, ["totp", "recovery-code"]]);
  });

  test("a recovery code stands in, once, and the owner hears of it; a reset that fails leaves it unused", async () => {
    const { account, codes } = await withTotp();
    const { account: other } = await owner();
    const proof = { kind: "recovery-code" as const, code: codes[0]?.replaceAll("-", "") ?? "" };
    const token = await requested(account.email);
    await expect(reset({ ...fresh(token, proof), slot: other.slot })).rejects.toMatchObject(
      refusal("input.invalid"),
    );
    const unused = { userId: account.userId, usedAt: null };
    expect(await sys.db.recoveryCode.count({ where: unused })).toBe(10);
    expect(await eventsOf(account.userId)).not.toContain("auth.recovery-code-used ok");
    await mailsTo(sys, account.email);
    await reset(fresh(token, proof));
    expect(await sys.db.recoveryCode.count({ where: unused })).toBe(9);
    expect(await eventsOf(account.userId)).toContain("auth.recovery-code-used ok");
    expect((await mailsTo(sys, account.email)).map(({ subject }) => subject).sort()).toEqual([
      "A recovery code was used",
      "Your password was reset",
    ]);
    await expect(reset(fresh(await requested(account.email), proof))).rejects.toMatchObject(
      refusal("auth.wrong-code"),
    );
  });

  test("a passkey answers what the holder of the link was asked, once", async () => {
    const { account, browser } = await owner();
    const device = await addPasskey(browser);
    const token = await requested(account.email);
    const ask = () => stranger().call((api) => api.auth.password.askPasskey({ token }));
    const answer = ({ challengeId, options }: Awaited<ReturnType<typeof ask>>): FactorProof => ({
      kind: "passkey",
      challengeId,
      response: device.getJSON(origin, options as never) as never,
    });
    // A question that a session was asked is none of the link's.
    const sessions = await browser.call((api) => api.auth.passkeys.beginStepUp({}));
    await expect(reset(fresh(token, answer(sessions)))).rejects.toMatchObject(refusal("passkey.refused"));
    const proof = answer(await ask());
    await reset(fresh(token, proof));
    const next = await requested(account.email);
    await expect(reset(fresh(next, proof))).rejects.toMatchObject(refusal("passkey.refused"));
    await expect(stranger().call((api) => api.auth.password.askPasskey({ token }))).rejects.toMatchObject(
      expired,
    );
  });
});

test("the daily clean-up deletes what has run out, and nothing else", async () => {
  const { account, browser } = await owner();
  const token = await requested(account.email);
  await stranger().call((api) => api.auth.passkeys.beginSignIn({}));
  await cleanUp(sys);
  expect(await sys.db.mailToken.count({ where: { userId: account.userId } })).toBe(2);
  expect(await sys.db.challenge.count({ where: { purpose: "sign_in" } })).toBe(1);
  sys.clock.advance(60 * minute);
  await cleanUp(sys);
  expect(await sys.db.mailToken.findMany({ where: { userId: account.userId } })).toMatchObject([
    { purpose: "verify_email" },
  ]);
  expect(await sys.db.challenge.count({ where: { purpose: "sign_in" } })).toBe(0);
  expect((await browser.call((api) => api.auth.me({}))).id).toBe(account.userId);
  await expect(reset(fresh(token))).rejects.toMatchObject(expired);
});
