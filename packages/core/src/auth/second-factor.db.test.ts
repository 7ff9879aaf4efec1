import { describe, expect, test } from "vitest";
import { rateLimiterOn } from "../adapters/rate-limiter.ts";
import { limitCatalogue } from "../limits/rules.ts";
import { Browser, newAccount, newKey, registeredOwner } from "../testing/browser.ts";
import { FakeMailer } from "../testing/fake-mailer.ts";
import { mailsTo } from "../testing/mailed-link.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { spendTotpCode } from "./spend-totp-code.ts";
import { codeOf, readSecret, stepOf } from "./totp.ts";

const sys = await createTestSystem();
const refusal = (code: string) => ({ message: code });
const minute = 60_000;

/** The code that an app shows, `offset` time steps from now. */
const shown = (secret: string, offset = 0) => codeOf(readSecret(secret), stepOf(sys.clock.now()) + offset);

async function withTotp() {
  const { account, browser } = await registeredOwner(sys);
  const { secret, uri } = await browser.call((api) => api.auth.totp.begin({}));
  const code = await shown(secret);
  const { codes } = await browser.call((api) => api.auth.totp.confirm({ code }));
  sys.clock.advance(minute); // the code that confirmed is used up
  return { account, browser, secret, uri, codes };
}

async function halfSignedIn(account: { email: string; authKey: string }) {
  const browser = new Browser(sys);
  const answer = await browser.call((api) => api.auth.login(account));
  return { browser, answer };
}
/** One after the other: that many passwords at once would be turned away. */
async function halvesOf(account: ReturnType<typeof newAccount>, count: number) {
  const halves: Awaited<ReturnType<typeof halfSignedIn>>[] = [];
  for (let made = 0; made < count; made++) halves.push(await halfSignedIn(login(account)));
  return halves;
}
const login = ({ email, authKey }: ReturnType<typeof newAccount>) => ({ email, authKey });
const proofOf = (code: string) => ({ proof: { kind: "totp" as const, code } });

describe("A6: an authenticator app", () => {
  test("counts only once a code has confirmed it", async () => {
    const { account, browser } = await registeredOwner(sys);
    await browser.call((api) => api.auth.totp.begin({}));
    expect((await halfSignedIn(login(account))).answer.me?.id).toBe(account.userId);
    await expect(browser.call((api) => api.auth.totp.confirm({ code: "000000" }))).rejects.toMatchObject(
      refusal("auth.wrong-code"),
    );
    expect((await browser.call((api) => api.auth.protection({}))).totpSince).toBeNull();
  });

  test("is on with its recovery codes and its audit event, or not at all: then its code still counts", async () => {
    const { account, browser } = await registeredOwner(sys);
    const { secret } = await browser.call((api) => api.auth.totp.begin({}));
    const code = await shown(secret);
    const withoutQueue = { ...sys, jobs: { enqueue: () => Promise.reject(new Error("the queue is down")) } };
    await expect(
      browser.copy(withoutQueue).call((api) => api.auth.totp.confirm({ code })),
    ).rejects.toMatchObject({ code: "INTERNAL_SERVER_ERROR" });
    expect((await browser.call((api) => api.auth.protection({}))).totpSince).toBeNull();
    expect((await browser.call((api) => api.auth.totp.confirm({ code }))).codes).toHaveLength(10);
    const where = { userId: account.userId, action: "auth.totp-enabled" };
    expect(await sys.db.auditEvent.count({ where })).toBe(1);
  });

  test("its secret is in no row", async () => {
    const { account, secret } = await withTotp();
    const row = await sys.db.totp.findUniqueOrThrow({ where: { userId: account.userId } });
    const stored = Buffer.from(row.secret);
    expect(stored.includes(Buffer.from(readSecret(secret)))).toBe(false);
    expect(stored.includes(secret)).toBe(false);
  });

  test("is not replaced by whoever comes later with the session: it must be turned off first", async () => {
    const { browser } = await withTotp();
    await expect(browser.call((api) => api.auth.totp.begin({}))).rejects.toMatchObject(
      refusal("totp.already-on"),
    );
  });

  test("a password alone opens a half session, which may do nothing but complete itself", async () => {
    const { account, secret } = await withTotp();
    const { browser, answer } = await halfSignedIn(login(account));
    expect(answer).toEqual({ me: null, factors: ["totp", "recovery-code"] });
    for (const ask of [
      () => browser.call((api) => api.auth.me({})),
      () => browser.call((api) => api.vault.slots.list({})),
      () => browser.call((api) => api.auth.totp.disable({})),
      () => browser.call((api) => api.auth.stepUp(proofOf("123456"))),
    ])
      await expect(ask()).rejects.toMatchObject(refusal("auth.second-factor-required"));
    const half = browser.copy();
    const code = await shown(secret);
    expect((await browser.call((api) => api.auth.verifyTotp(proofOf(code)))).me?.id).toBe(account.userId);
    expect(browser.session).not.toBe(half.session);
    await expect(half.call((api) => api.auth.me({}))).rejects.toMatchObject(refusal("auth.required"));
  });

  test("a half session lasts ten minutes", async () => {
    const { account, secret } = await withTotp();
    const { browser } = await halfSignedIn(login(account));
    sys.clock.advance(10 * minute);
    const code = await shown(secret);
    await expect(browser.call((api) => api.auth.verifyTotp(proofOf(code)))).rejects.toMatchObject(
      refusal("auth.required"),
    );
  });

  test("of twenty uses of one code at once exactly one is accepted", async () => {
    const { account, secret } = await withTotp();
    const halves = await halvesOf(account, 20);
    const code = await shown(secret);
    const outcomes = await Promise.allSettled(
      halves.map(({ browser }) => browser.call((api) => api.auth.verifyTotp(proofOf(code)))),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const full = await sys.db.session.count({ where: { userId: account.userId, stage: "full" } });
    expect(full).toBe(2); // the one that registered, and this one
  });

  test("its last accepted step alone, without the account's lock, lets one of twenty uses through", async () => {
    const { account, secret } = await withTotp();
    const code = await shown(secret);
    const spend = () => sys.db.$transaction((tx) => spendTotpCode(tx, sys, account.userId, code));
    const accepted = await Promise.all(Array.from({ length: 20 }, spend));
    expect(accepted.filter(Boolean)).toHaveLength(1);
  });

  test("its secret opens in no other account's row", async () => {
    const { account, secret } = await withTotp();
    const { account: thief, secret: own } = await withTotp();
    const stolen = await sys.db.totp.findUniqueOrThrow({ where: { userId: account.userId } });
    const where = { userId: thief.userId };
    await sys.db.totp.update({ where, data: { secret: stolen.secret } });
    const { browser } = await halfSignedIn(login(thief));
    for (const code of [await shown(secret), await shown(own)])
      await expect(browser.call((api) => api.auth.verifyTotp(proofOf(code)))).rejects.toThrow();
  });

  test("an accepted code is refused for ever, also after the clock went back", async () => {
    const { account, secret } = await withTotp();
    const first = await halfSignedIn(login(account));
    const code = await shown(secret);
    const earlier = await shown(secret, -1);
    await first.browser.call((api) => api.auth.verifyTotp(proofOf(code)));
    sys.clock.advance(-minute / 2);
    for (const used of [code, earlier]) {
      const { browser } = await halfSignedIn(login(account));
      await expect(browser.call((api) => api.auth.verifyTotp(proofOf(used)))).rejects.toMatchObject(
        refusal("auth.wrong-code"),
      );
    }
    sys.clock.advance(minute / 2);
  });

  test("turning it off takes a fresh proof, and takes the recovery codes along", async () => {
    const { account, browser, codes } = await withTotp();
    sys.clock.advance(10 * minute);
    await expect(browser.call((api) => api.auth.totp.disable({}))).rejects.toMatchObject(
      refusal("auth.step-up-required"),
    );
    await browser.call((api) => api.auth.stepUp({ proof: { kind: "password", authKey: account.authKey } }));
    await browser.call((api) => api.auth.totp.disable({}));
    expect((await halfSignedIn(login(account))).answer.me?.id).toBe(account.userId);
    expect(await sys.db.recoveryCode.count({ where: { userId: account.userId } })).toBe(0);
    expect(codes).toHaveLength(10);
  });
});

describe("A7: guesses at codes", () => {
  test("are few a day, however patient; the owner hears of them once, and a recovery code still works", async () => {
    const { account, codes } = await withTotp();
    const strict = { ...sys, limiter: rateLimiterOn(sys.db, 1), mailer: new FakeMailer() };
    const { browser } = await halfSignedIn(login(account));
    const guesser = browser.copy(strict);
    const guess = () =>
      guesser.call((api) => api.auth.verifyTotp(proofOf("000000"))).catch((error: Error) => error.message);
    const { points } = limitCatalogue["second-factor.day"];
    for (let tried = 0; tried < points; tried++) {
      expect(await guess()).toBe("auth.wrong-code");
      // As if the next quarter of an hour had begun.
      await sys.db.rateLimit.deleteMany({ where: { NOT: { key: { startsWith: "second-factor.day" } } } });
    }
    expect(await guess()).toBe("request.too-many");
    const subjects = (await mailsTo(strict, account.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.startsWith("Wrong codes"))).toHaveLength(1);
    const proof = { kind: "recovery-code" as const, code: codes[0] ?? "" };
    expect((await guesser.call((api) => api.auth.verifyTotp({ proof }))).me?.id).toBe(account.userId);
  });
});

describe("A6: recovery codes", () => {
  test("each stands in for the app once, however it is typed, and lies in the database as a hash", async () => {
    const { account, codes } = await withTotp();
    expect(new Set(codes).size).toBe(10);
    const [written = ""] = codes;
    const rows = await sys.db.recoveryCode.findMany({ where: { userId: account.userId } });
    expect(JSON.stringify(rows)).not.toContain(written.replaceAll("-", ""));
    const typed = {
      proof: { kind: "recovery-code" as const, code: ` ${written.toUpperCase().replaceAll("-", " ")}` },
    };
    const { browser } = await halfSignedIn(login(account));
    expect((await browser.call((api) => api.auth.verifyTotp(typed))).me?.id).toBe(account.userId);
    expect((await browser.call((api) => api.auth.protection({}))).recoveryCodesLeft).toBe(9);
    const again = await halfSignedIn(login(account));
    await expect(again.browser.call((api) => api.auth.verifyTotp(typed))).rejects.toMatchObject(
      refusal("auth.wrong-code"),
    );
  });

  test("of ten uses of one at once exactly one is accepted", async () => {
    const { account, codes } = await withTotp();
    const halves = await halvesOf(account, 10);
    const typed = { proof: { kind: "recovery-code" as const, code: codes[0] ?? "" } };
    const outcomes = await Promise.allSettled(
      halves.map(({ browser }) => browser.call((api) => api.auth.verifyTotp(typed))),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("new ones replace the old ones", async () => {
    const { account, browser, codes } = await withTotp();
    const { codes: fresh } = await browser.call((api) => api.auth.recoveryCodes.regenerate({}));
    expect(fresh.filter((code) => codes.includes(code))).toEqual([]);
    const { browser: half } = await halfSignedIn(login(account));
    await expect(
      half.call((api) => api.auth.verifyTotp({ proof: { kind: "recovery-code", code: codes[0] ?? "" } })),
    ).rejects.toMatchObject(refusal("auth.wrong-code"));
  });
});

describe("A10: step-up", () => {
  test("a sign-in counts for ten minutes; then the password or a code must be shown, under a new cookie", async () => {
    const { account, browser } = await registeredOwner(sys);
    const create = () =>
      browser.call((api) =>
        api.apiTokens.create({ id: sys.random.uuid(), name: "laptop", scope: "read", days: 1 }),
      );
    await create();
    sys.clock.advance(10 * minute);
    await expect(create()).rejects.toMatchObject(refusal("auth.step-up-required"));
    await expect(
      browser.call((api) => api.auth.stepUp({ proof: { kind: "password", authKey: newKey(sys) } })),
    ).rejects.toMatchObject(refusal("auth.wrong-credentials"));
    const before = browser.copy();
    await browser.call((api) => api.auth.stepUp({ proof: { kind: "password", authKey: account.authKey } }));
    await create();
    expect(browser.session).not.toBe(before.session);
    await expect(before.call((api) => api.auth.me({}))).rejects.toMatchObject(refusal("auth.required"));
  });
});

describe("A2: a new password", () => {
  const changeOf = (account: ReturnType<typeof newAccount>) => {
    const { kdf, authKey, slot } = newAccount(sys);
    return { currentAuthKey: account.authKey, kdf, authKey, slot };
  };

  test("replaces key and slot, leaves configurations as they are, and ends every other session", async () => {
    const { account, browser } = await registeredOwner(sys);
    const id = sys.random.uuid();
    const saved = { id, revision: 1, wrappedKey: "AAAA", envelope: "BBBB" };
    await browser.call((api) => api.vault.configs.save(saved));
    const { browser: other } = await halfSignedIn(login(account));
    const change = changeOf(account);
    await browser.call((api) => api.auth.password.change(change));
    await expect(other.call((api) => api.auth.me({}))).rejects.toMatchObject(refusal("auth.required"));
    expect(await browser.call((api) => api.vault.configs.get({ id }))).toEqual(saved);
    expect(await browser.call((api) => api.vault.slots.list({}))).toMatchObject([{ id: change.slot.id }]);
    await expect(halfSignedIn(login(account))).rejects.toMatchObject(refusal("auth.wrong-credentials"));
    expect((await halfSignedIn({ email: account.email, authKey: change.authKey })).answer.me).not.toBeNull();
  });

  test("with a slot that somebody has is refused by name, and changes nothing", async () => {
    const { account, browser } = await registeredOwner(sys);
    const { account: other } = await registeredOwner(sys);
    const change = { ...changeOf(account), slot: other.slot };
    await expect(browser.call((api) => api.auth.password.change(change))).rejects.toMatchObject({
      message: "input.invalid",
      cause: { details: { field: "slot" } },
    });
    expect((await halfSignedIn(login(account))).answer.me).not.toBeNull();
  });

  test("of two changes at once one is made, and a wrong old password changes nothing", async () => {
    const { account, browser } = await registeredOwner(sys);
    const outcomes = await Promise.allSettled(
      [changeOf(account), changeOf(account)].map((change) =>
        browser.copy().call((api) => api.auth.password.change(change)),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { account: second, browser: theirs } = await registeredOwner(sys);
    await expect(
      theirs.call((api) => api.auth.password.change({ ...changeOf(second), currentAuthKey: newKey(sys) })),
    ).rejects.toMatchObject(refusal("auth.wrong-credentials"));
    expect((await halfSignedIn(login(second))).answer.me).not.toBeNull();
  });
});

describe("A10: sessions", () => {
  test("are listed with device, place and last use, and revoked one or all", async () => {
    const { account, browser } = await registeredOwner(sys);
    const [second, third] = [await halfSignedIn(login(account)), await halfSignedIn(login(account))];
    const { items } = await browser.call((api) => api.auth.sessions.list({}));
    expect(items).toHaveLength(3);
    expect(items.filter(({ current }) => current)).toHaveLength(1);
    expect(items[0]).toMatchObject({ device: "Firefox on Linux", ip: "192.0.2.7", audience: "app" });
    const { items: seenBySecond } = await second.browser.call((api) => api.auth.sessions.list({}));
    const sessionId = seenBySecond.find(({ current }) => current)?.id ?? "";
    expect(await browser.call((api) => api.auth.sessions.revoke({ sessionId }))).toEqual({ revoked: 1 });
    await expect(second.browser.call((api) => api.auth.me({}))).rejects.toMatchObject(
      refusal("auth.required"),
    );
    expect(await browser.call((api) => api.auth.sessions.revoke({ sessionId: null }))).toEqual({
      revoked: 1,
    });
    await expect(third.browser.call((api) => api.auth.me({}))).rejects.toMatchObject(
      refusal("auth.required"),
    );
    expect((await browser.call((api) => api.auth.me({}))).id).toBe(account.userId);
  });

  test("A10: a revoked session's open streams end within five seconds", async () => {
    const { account, browser } = await registeredOwner(sys);
    const { browser: other } = await halfSignedIn(login(account));
    const stream = await other.call((api) => api.instances.changes({}));
    const next = stream[Symbol.asyncIterator]().next();
    await browser.call((api) => api.auth.sessions.revoke({ sessionId: null }));
    const ended = expect(next).rejects.toMatchObject(refusal("auth.required"));
    sys.clock.advance(5000);
    await ended;
  });
});
