import { describe, expect, test } from "vitest";
import { rateLimiterOn } from "../adapters/rate-limiter.ts";
import { limitCatalogue } from "../limits/rules.ts";
import { Browser, newAccount, newKey, registeredOwner } from "../testing/browser.ts";
import { FakeMailer } from "../testing/fake-mailer.ts";
import { mailedToken, mailsTo } from "../testing/mailed-link.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createMailLink } from "./mail-links.ts";
import { mailTokenOf } from "./mail-token.ts";

const sys = { ...(await createTestSystem()), mailer: new FakeMailer() };
const refusal = (code: string) => ({ message: code });
const expired = refusal("auth.link-expired");
const hour = 3_600_000;

const stranger = () => new Browser(sys, "203.0.113.9");
const verify = (browser: Browser, token: string) => browser.call((api) => api.auth.email.verify({ token }));
const confirm = (browser: Browser, token: string) =>
  browser.call((api) => api.auth.email.confirmChange({ token }));
const verifiedAt = async (browser: Browser) =>
  (await browser.call((api) => api.auth.protection({}))).emailVerifiedAt;
const eventsOf = async (userId: string, action: string) =>
  sys.db.auditEvent.count({ where: { userId, action } });
const subjectsTo = async (address: string) => (await mailsTo(sys, address)).map(({ subject }) => subject);

/** No token of this purpose that works. */
const badTokens = (id: string) => [
  mailTokenOf(sys, sys.random.uuid()),
  mailTokenOf({ ...sys, config: { ...sys.config, APP_SECRET: newKey(sys) } }, id),
  `${id}.${newKey(sys)}`,
  id,
  "",
];

describe("verifying an address", () => {
  test("registration mails a link, and following it verifies the address", async () => {
    const { account, browser } = await registeredOwner(sys);
    expect(await verifiedAt(browser)).toBeNull();
    await verify(browser, await mailedToken(sys, account.email, "/verify-email"));
    expect(await verifiedAt(browser)).toEqual(sys.clock.now());
    expect(await eventsOf(account.userId, "auth.email-verified")).toBe(1);
  });

  test("A1: only the account's own session may follow its link, so nobody's click verifies what a stranger opened for them", async () => {
    const { account, browser } = await registeredOwner(sys);
    const token = await mailedToken(sys, account.email, "/verify-email");
    const { browser: other } = await registeredOwner(sys);
    await expect(verify(stranger(), token)).rejects.toMatchObject(refusal("auth.required"));
    await expect(verify(other, token)).rejects.toMatchObject(refusal("auth.link-foreign"));
    expect(await verifiedAt(browser)).toBeNull();
  });

  test("following the link again, also ten times at once, is fine and changes nothing", async () => {
    const { account, browser } = await registeredOwner(sys);
    const token = await mailedToken(sys, account.email, "/verify-email");
    await Promise.all(Array.from({ length: 10 }, () => verify(browser, token)));
    const first = await verifiedAt(browser);
    sys.clock.advance(hour);
    await verify(browser, token);
    expect(await verifiedAt(browser)).toEqual(first);
    expect(await eventsOf(account.userId, "auth.email-verified")).toBe(1);
  });

  test("a link lasts a day; a new one comes on demand, until the address is verified", async () => {
    const { account, browser } = await registeredOwner(sys);
    const late = await mailedToken(sys, account.email, "/verify-email");
    sys.clock.advance(24 * hour);
    await browser.call((api) => api.auth.login({ email: account.email, authKey: account.authKey }));
    await expect(verify(browser, late)).rejects.toMatchObject(expired);
    await browser.call((api) => api.auth.email.sendVerification({}));
    await verify(browser, await mailedToken(sys, account.email, "/verify-email"));
    await browser.call((api) => api.auth.email.sendVerification({}));
    expect(await subjectsTo(account.email)).toEqual([]);
  });

  test("a link of another kind, another installation or none verifies nothing", async () => {
    const { account, browser } = await registeredOwner(sys);
    const { userId, email } = account;
    const { id: own } = await sys.db.mailToken.findFirstOrThrow({ where: { userId } });
    const other = await sys.db.$transaction((tx) =>
      createMailLink(tx, sys, { userId, purpose: "reset_password", email }),
    );
    for (const token of [...badTokens(own), mailTokenOf(sys, other)])
      await expect(verify(browser, token)).rejects.toMatchObject(expired);
    expect(await verifiedAt(browser)).toBeNull();
  });

  test("a link that went to an earlier address verifies no later one", async () => {
    const { account, browser } = await registeredOwner(sys);
    const token = await mailedToken(sys, account.email, "/verify-email");
    await sys.db.user.update({ where: { id: account.userId }, data: { email: `x${account.email}` } });
    await expect(verify(browser, token)).rejects.toMatchObject(expired);
    expect(await verifiedAt(browser)).toBeNull();
  });

  test("A7: mails on demand are few", async () => {
    const limited = { ...sys, limiter: rateLimiterOn(sys.db, 1) };
    const { account, browser } = await registeredOwner(limited);
    const { points } = limitCatalogue["verification-mail"];
    const ask = () => browser.call((api) => api.auth.email.sendVerification({}));
    for (let asked = 0; asked < points; asked++) await ask();
    await expect(ask()).rejects.toMatchObject(refusal("request.too-many"));
    expect(await subjectsTo(account.email)).toHaveLength(points + 1);
  });

  test("no header of a request has a say in where a link leads", async () => {
    const { account, browser } = await registeredOwner(sys);
    await mailsTo(sys, account.email);
    const poison = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "gopher",
      forwarded: "host=evil.example",
      referer: "https://evil.example/",
    };
    await browser.call((api) => api.auth.email.sendVerification({}), poison);
    const { html = "", text = "" } = (await mailsTo(sys, account.email))[0] ?? {};
    expect(text).toContain(`${sys.config.WEB_URL}/verify-email#`);
    expect(html + text).not.toContain("evil");
  });
});

describe("another address", () => {
  async function changing() {
    const { account, browser } = await registeredOwner(sys);
    await mailsTo(sys, account.email);
    const email = `${sys.random.uuid()}@example.org`;
    await browser.call((api) => api.auth.email.requestChange({ email }));
    return { account, browser, email };
  }
  const emailOf = async (browser: Browser) => (await browser.call((api) => api.auth.me({}))).email;

  test("gets the link, the old one a notice; nothing changes before the link is followed", async () => {
    const { account, browser, email } = await changing();
    expect(await subjectsTo(account.email)).toEqual(["Your e-mail address is about to change"]);
    const token = await mailedToken(sys, email, "/change-email");
    expect(await emailOf(browser)).toBe(account.email);
    await confirm(browser, token);
    expect(await emailOf(browser)).toBe(email);
    expect(await verifiedAt(browser)).toEqual(sys.clock.now());
    const [told] = await mailsTo(sys, account.email);
    expect(told?.subject).toBe("Your e-mail address was changed");
    expect(told?.text).toContain(`New address: ${email}`);
    expect(await subjectsTo(email)).toEqual([]);
    const { authKey } = account;
    expect((await stranger().call((api) => api.auth.login({ email, authKey }))).me?.id).toBe(account.userId);
    await expect(
      stranger().call((api) => api.auth.login({ email: account.email, authKey })),
    ).rejects.toMatchObject(refusal("auth.wrong-credentials"));
    expect(await eventsOf(account.userId, "auth.email-change-requested")).toBe(1);
    expect(await eventsOf(account.userId, "auth.email-changed")).toBe(1);
  });

  test("A1: only the account's own session may follow the link", async () => {
    const { account, browser, email } = await changing();
    const token = await mailedToken(sys, email, "/change-email");
    const { browser: other } = await registeredOwner(sys);
    await expect(confirm(stranger(), token)).rejects.toMatchObject(refusal("auth.required"));
    await expect(confirm(other, token)).rejects.toMatchObject(refusal("auth.link-foreign"));
    expect(await emailOf(browser)).toBe(account.email);
  });

  test("of ten uses of the link at once exactly one counts, and later ones none", async () => {
    const { account, browser, email } = await changing();
    const token = await mailedToken(sys, email, "/change-email");
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => confirm(browser, token)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(confirm(browser, token)).rejects.toMatchObject(expired);
    expect(await eventsOf(account.userId, "auth.email-changed")).toBe(1);
  });

  test("a link that is a day old, of another kind, another installation or none changes nothing", async () => {
    const { account, browser, email } = await changing();
    const token = await mailedToken(sys, email, "/change-email");
    const [id = ""] = token.split(".");
    const { id: other } = await sys.db.mailToken.findFirstOrThrow({
      where: { userId: account.userId, purpose: "verify_email" },
    });
    for (const bad of [...badTokens(id), mailTokenOf(sys, other)])
      await expect(confirm(browser, bad)).rejects.toMatchObject(expired);
    expect(await emailOf(browser)).toBe(account.email);
    sys.clock.advance(24 * hour);
    await browser.call((api) => api.auth.login({ email: account.email, authKey: account.authKey }));
    await expect(confirm(browser, token)).rejects.toMatchObject(expired);
  });

  test("a later request, and a new password, make an earlier link void", async () => {
    const { account, browser, email } = await changing();
    const first = await mailedToken(sys, email, "/change-email");
    await browser.call((api) => api.auth.email.requestChange({ email }));
    const second = await mailedToken(sys, email, "/change-email");
    await expect(confirm(browser, first)).rejects.toMatchObject(expired);
    const { kdf, authKey, slot } = newAccount(sys);
    const change = { currentAuthKey: account.authKey, kdf, authKey, slot };
    await browser.call((api) => api.auth.password.change(change));
    await expect(confirm(browser, second)).rejects.toMatchObject(expired);
    expect(await emailOf(browser)).toBe(account.email);
  });

  test("one that has an account is told so; whoever asked learns nothing", async () => {
    const { account: other } = await registeredOwner(sys);
    await mailsTo(sys, other.email);
    const { browser } = await registeredOwner(sys);
    expect(await browser.call((api) => api.auth.email.requestChange({ email: other.email }))).toEqual({});
    expect(await subjectsTo(other.email)).toEqual(["You already have an account"]);
  });

  test("one that got an account meanwhile stays with it", async () => {
    const { account, browser, email } = await changing();
    const token = await mailedToken(sys, email, "/change-email");
    await stranger().call((api) => api.auth.register(newAccount(sys, email)));
    await expect(confirm(browser, token)).rejects.toMatchObject(refusal("auth.email-taken"));
    expect(await emailOf(browser)).toBe(account.email);
    expect(await eventsOf(account.userId, "auth.email-changed")).toBe(0);
  });

  test("the present one is no other", async () => {
    const { account, browser } = await registeredOwner(sys);
    const same = { email: account.email.toUpperCase() };
    await expect(browser.call((api) => api.auth.email.requestChange(same))).rejects.toMatchObject(
      refusal("input.invalid"),
    );
  });
});
