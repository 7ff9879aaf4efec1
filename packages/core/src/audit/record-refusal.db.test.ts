import { describe, expect, test } from "vitest";
import { rateLimiterOn } from "../adapters/rate-limiter.ts";
import { codeOf, readSecret, stepOf } from "../auth/totp.ts";
import { limitCatalogue } from "../limits/rules.ts";
import { Browser, newAccount, newKey, registeredOwner } from "../testing/browser.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { verifyLog } from "./verify-log.ts";

const sys = await createTestSystem();
const minute = 60_000;

/** What the calls left in the log: action, and the code where there is one. */
async function leftBy(...calls: (() => Promise<unknown>)[]) {
  const last = await sys.db.auditEvent.findFirst({ orderBy: { id: "desc" } });
  for (const call of calls) await call().catch(() => {});
  const events = await sys.db.auditEvent.findMany({
    where: { id: { gt: last?.id ?? 0n } },
    orderBy: { id: "asc" },
  });
  return events.map(({ action, outcome, actorKind, userId, ip, details }) => ({
    action,
    outcome,
    actorKind,
    userId,
    ip,
    details,
  }));
}

const refused = (code: string, path?: string) => ({
  action: "request.refused",
  outcome: "refused",
  details: path === undefined ? { code } : { code, path },
});
const stranger = () => new Browser(sys, "203.0.113.9");

describe("R1: denied attempts are in the log", () => {
  test("a step-up that is due, another's or an unknown instance, and a link that is none", async () => {
    const { account, browser } = await registeredOwner(sys);
    const owner = { actorKind: "user", userId: account.userId, ip: "192.0.2.7" };
    const removal = () => ({ instanceId: sys.random.uuid(), operationId: sys.random.uuid() });
    expect(await leftBy(() => browser.call((api) => api.instances.remove(removal())))).toMatchObject([
      { ...refused("instance.missing", "instances.remove"), ...owner },
    ]);
    sys.clock.advance(11 * minute);
    const token = { id: sys.random.uuid(), name: "x", scope: "read" as const, days: 1 };
    expect(await leftBy(() => browser.call((api) => api.apiTokens.create(token)))).toMatchObject([
      { ...refused("auth.step-up-required", "apiTokens.create"), ...owner },
    ]);
    const { kdf, authKey, slot } = newAccount(sys);
    const reset = () =>
      stranger().call((api) => api.auth.password.reset({ token: "x", kdf, authKey, slot, proof: null }));
    expect(await leftBy(reset)).toMatchObject([
      { ...refused("auth.link-expired", "auth.password.reset"), actorKind: "anonymous", ip: "203.0.113.9" },
    ]);
  });

  test("an API token that is none, or that may do less; and what one did says which it was", async () => {
    const { browser } = await registeredOwner(sys);
    const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
    const wrong = () => stranger().call((api) => api.auth.me({}), bearer(`ocl_${newKey(sys)}`));
    expect(await leftBy(wrong)).toMatchObject([
      { ...refused("auth.required"), actorKind: "anonymous", ip: "203.0.113.9" },
    ]);
    const tokenId = sys.random.uuid();
    const make = (scope: "read" | "manage", id: string) =>
      browser.call((api) => api.apiTokens.create({ id, name: "x", scope, days: 1 }));
    const { secret } = await make("read", tokenId);
    const instance = { id: sys.random.uuid(), name: "Ada", model: "openai/gpt-5-mini", channels: [] };
    const create = (by: string) => () => stranger().call((api) => api.instances.create(instance), bearer(by));
    expect(await leftBy(create(secret))).toMatchObject([
      { action: "request.refused", details: { code: "auth.token-scope", tokenId } },
    ]);
    const manager = sys.random.uuid();
    const { secret: able } = await make("manage", manager);
    expect(await leftBy(create(able))).toMatchObject([
      { action: "instance.created", actorKind: "apiToken", details: { tokenId: manager } },
    ]);
  });

  test("the right password that stops at the second factor, a wrong first code, an unknown passkey", async () => {
    const { account, browser } = await registeredOwner(sys);
    const { secret } = await browser.call((api) => api.auth.totp.begin({}));
    expect(
      await leftBy(() => browser.call((api) => api.auth.totp.confirm({ code: "000000" }))),
    ).toMatchObject([{ action: "auth.totp-refused", outcome: "refused", userId: account.userId }]);
    const code = await codeOf(readSecret(secret), stepOf(sys.clock.now()));
    await browser.call((api) => api.auth.totp.confirm({ code }));
    const { email, authKey, userId } = account;
    expect(await leftBy(() => stranger().call((api) => api.auth.login({ email, authKey })))).toMatchObject([
      { action: "auth.login-begun", outcome: "ok", userId, ip: "203.0.113.9", details: { audience: "app" } },
    ]);
    const unknown = async () => {
      const browser = stranger();
      const { challengeId } = await browser.call((api) => api.auth.passkeys.beginSignIn({}));
      const response = {
        id: "AAAA",
        rawId: "AAAA",
        type: "public-key" as const,
        clientExtensionResults: {},
        response: { clientDataJSON: "AAAA", authenticatorData: "AAAA", signature: "AAAA" },
      };
      return browser.call((api) => api.auth.passkeys.signIn({ challengeId, response }));
    };
    expect(await leftBy(unknown)).toMatchObject([{ action: "auth.login-failed", userId: null }]);
  });

  test("those of the limits too; but nobody floods the log: one event an hour for each caller and kind", async () => {
    const strict = { ...sys, limiter: rateLimiterOn(sys.db, 1) };
    const prelogin = (ip: string) => () =>
      new Browser(strict, ip).call((api) => api.auth.prelogin({ email: "a@example.org" }));
    const flood = Array.from({ length: limitCatalogue.prelogin.points + 20 }, () => prelogin("203.0.113.50"));
    expect(await leftBy(...flood)).toMatchObject([
      { ...refused("request.too-many", "auth.prelogin"), ip: "203.0.113.50" },
    ]);
    expect((await verifyLog(sys)).broken).toBeNull();
  });

  test("a log that can't be written changes no refusal", async () => {
    const { browser } = await registeredOwner(sys);
    const broken = { ...sys, limiter: { consume: () => Promise.reject(new Error("the table is gone")) } };
    const foreign = { instanceId: sys.random.uuid() };
    await expect(browser.copy(broken).call((api) => api.instances.get(foreign))).rejects.toMatchObject({
      message: "instance.missing",
    });
  });
});
