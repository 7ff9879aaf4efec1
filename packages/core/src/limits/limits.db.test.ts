import { describe, expect, test } from "vitest";
import { rateLimiterOn } from "../adapters/rate-limiter.ts";
import { adminRouter } from "../api/admin.ts";
import { appRouter } from "../api/app.ts";
import { createAdminContext, createAppContext } from "../api/context.ts";
import { createAdminCaller, createAppCaller } from "../api/trpc.ts";
import { type AppCaller, Browser, newAccount, newKey, registeredOwner } from "../testing/browser.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { type LimitName, limitCatalogue } from "./rules.ts";

const open = await createTestSystem();
/** As in production, but with one trusted proxy in front. */
const sys = {
  ...open,
  limiter: rateLimiterOn(open.db, 1),
  config: { ...open.config, TRUSTED_PROXIES: 1 },
};
const callerOf = createAppCaller(appRouter);

async function call(forwarded: string, ask: (api: ReturnType<typeof callerOf>) => Promise<unknown>) {
  const context = await createAppContext(sys, {
    method: "POST",
    headers: new Headers({ "x-forwarded-for": forwarded, origin: sys.config.WEB_URL }),
    remoteAddress: "10.0.0.1",
  });
  const outcome = await ask(callerOf(context)).then(
    () => "ok",
    (error: Error) => error.message,
  );
  return { outcome, retryAfter: context.responseHeaders.get("retry-after") };
}

const prelogin = (forwarded: string) =>
  call(forwarded, (api) => api.auth.prelogin({ email: "a@example.org" }));
const sealed = { wrappedKey: "AAAA", envelope: "AAAA" };
const hello = { messageId: sys.random.uuid(), text: "Hello?" };
const changeByStranger = () => {
  const { kdf, authKey, slot } = newAccount(open);
  return { currentAuthKey: newKey(open), kdf, authKey, slot };
};
const wrongPassword = () => ({ kind: "password" as const, authKey: newKey(open) });
const countOf = async (outcomes: Promise<{ outcome: string }>[], wanted: string) =>
  (await Promise.all(outcomes)).filter(({ outcome }) => outcome === wanted).length;

describe("A7: rate limits", () => {
  const { points } = limitCatalogue.prelogin;

  test("count exactly, also when all come at once, and say when to come back", async () => {
    const asked = Array.from({ length: points + 20 }, () => prelogin("203.0.113.1"));
    expect(await countOf(asked, "ok")).toBe(points);
    const { outcome, retryAfter } = await prelogin("203.0.113.1");
    expect(outcome).toBe("request.too-many");
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect(Number(retryAfter)).toBeLessThanOrEqual(limitCatalogue.prelogin.seconds);
    expect((await prelogin("203.0.113.2")).outcome).toBe("ok");
  });

  test("are not escaped by making up forwarded addresses", async () => {
    const asked = Array.from({ length: points + 20 }, (_, n) => prelogin(`198.51.100.${n}, 203.0.113.3`));
    expect(await countOf(asked, "ok")).toBe(points);
  });

  test("are not escaped by coming with an account of one's own", async () => {
    const direct = { ...sys, config: { ...sys.config, TRUSTED_PROXIES: 0 } };
    const { session } = (await registeredOwner(open)).browser;
    const asked = Array.from({ length: points + 20 }, async (_, n) => {
      const browser = new Browser(direct, "203.0.113.4");
      if (n % 2 === 0) browser.jar.set("__Host-session", session);
      return browser
        .call((api) => api.auth.prelogin({ email: "a@example.org" }))
        .then(
          () => ({ outcome: "ok" }),
          ({ message }: Error) => ({ outcome: message }),
        );
    });
    expect(await countOf(asked, "ok")).toBe(points);
  });

  test("are not escaped by changing the address within one IPv6 network", async () => {
    const asked = Array.from({ length: points + 20 }, (_, n) => prelogin(`2001:db8:1:2::${n + 1}`));
    expect(await countOf(asked, "ok")).toBe(points);
    expect((await prelogin("2001:db8:1:3::1")).outcome).toBe("ok");
  });

  test.each<[LimitName, string, (api: AppCaller, id: string) => Promise<unknown>]>([
    ["create", "ok", (api, id) => api.instances.create({ id, name: "Ada", model: "a/b", channels: [] })],
    ["chat", "instance.missing", (api, id) => api.instances.chat.send({ ...hello, instanceId: id })],
    ["vault", "ok", (api, id) => api.vault.configs.save({ id, revision: 1, ...sealed })],
    ["measure", "instance.missing", (api, id) => api.instances.diskUsage({ instanceId: id })],
    ["step-up", "auth.wrong-credentials", (api) => api.auth.password.change(changeByStranger())],
    ["step-up", "auth.wrong-credentials", (api) => api.auth.stepUp({ proof: wrongPassword() })],
    ["second-factor.account", "totp.not-begun", (api) => api.auth.totp.confirm({ code: "000000" })],
  ])("on “%s” hold for one account on every network, and for nobody else", async (name, usual, ask) => {
    const { session } = (await registeredOwner(open)).browser;
    const id = sys.random.uuid();
    const from = (ip: string, owner = session) => {
      const browser = new Browser(sys, ip);
      browser.jar.set("__Host-session", owner);
      return browser
        .call((api) => ask(api, id))
        .then(
          () => "ok",
          ({ message }: Error) => message,
        );
    };
    const { points } = limitCatalogue[name];
    const first = await Promise.all(Array.from({ length: points }, (_, n) => from(`203.0.113.${n}`)));
    expect(new Set(first)).toEqual(new Set([usual]));
    expect(await from("198.51.100.1")).toBe("request.too-many");
    const neighbour = (await registeredOwner(open)).browser.session;
    expect(await from("198.51.100.1", neighbour)).not.toBe("request.too-many");
  });

  test("hold in the admin app too", async () => {
    const ask = async () => {
      const context = await createAdminContext(sys, {
        method: "POST",
        headers: new Headers({ "x-forwarded-for": "203.0.113.5", origin: sys.config.ADMIN_URL }),
        remoteAddress: "10.0.0.1",
      });
      return createAdminCaller(adminRouter)(context)
        .auth.prelogin({ email: "a@example.org" })
        .then(
          () => ({ outcome: "ok" }),
          ({ message }: Error) => ({ outcome: message }),
        );
    };
    const asked = Array.from({ length: points + 20 }, ask);
    expect(await countOf(asked, "ok")).toBe(points);
  });

  test("of an address that somebody registers hold from anywhere", async () => {
    const { email } = newAccount(open);
    const { points } = limitCatalogue["register.account"];
    const outcomes = [];
    for (let n = 0; n <= points; n++)
      outcomes.push(await call(`203.0.113.${n}`, (api) => api.auth.register(newAccount(open, email))));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(points).fill("ok"),
      "request.too-many",
    ]);
  });

  test("of an account hold from anywhere, and their counters name nobody", async () => {
    const account = newAccount(open);
    expect((await call("203.0.113.4", (api) => api.auth.register(account))).outcome).toBe("ok");
    const guess = (n: number) =>
      call(`203.0.113.${100 + n}`, (api) => api.auth.login({ email: account.email, authKey: newKey(open) }));
    const outcomes = [];
    for (let n = 0; n < limitCatalogue["login.account"].points + 2; n++)
      outcomes.push((await guess(n)).outcome);
    expect(outcomes.filter((outcome) => outcome === "request.too-many")).toHaveLength(2);
    const rows = JSON.stringify(await sys.db.rateLimit.findMany());
    expect(rows).not.toContain(account.email);
    expect(rows).not.toContain("203.0.113");
  });
});
