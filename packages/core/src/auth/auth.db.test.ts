import { describe, expect, test } from "vitest";
import { appRouter } from "../api/app.ts";
import { createAppContext } from "../api/context.ts";
import { createAppCaller } from "../api/trpc.ts";
import type { Limiter } from "../ports.ts";
import { Browser, newAccount, newKey, registeredOwner } from "../testing/browser.ts";
import { anonymous } from "../testing/create-user.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { hashAuthKey } from "./hash-auth-key.ts";
import { keyDerivationFloor } from "./schema.ts";

const sys = await createTestSystem();

const callerOf = createAppCaller(appRouter);
const key = () => newKey(sys);
const browser = () => new Browser(sys);

async function registered() {
  const { account, browser: visitor } = await registeredOwner(sys);
  return { account, visitor };
}

const loginOf = ({ email, authKey }: ReturnType<typeof newAccount>) => ({ email, authKey });

/** Kinds of the mails that are on their way to an address. */
async function mailsTo(email: string): Promise<string[]> {
  const rows = await sys.db.$queryRaw<{ kind: string }[]>`
    SELECT data->'template'->>'kind' AS kind FROM pgboss.job WHERE name = 'mail' AND data->>'to' = ${email}`;
  return rows.map(({ kind }) => kind);
}

const refusal = (code: string) => expect.objectContaining({ message: code });
const eventsOf = async (userId: string) =>
  (await sys.db.auditEvent.findMany({ where: { userId }, orderBy: { id: "asc" } })).map(
    ({ action, outcome }) => `${action} ${outcome}`,
  );

describe("registration", () => {
  test("A2: opens an account, signs in, and stores no key that opens anything", async () => {
    const { account, visitor } = await registered();
    expect(await visitor.call((api) => api.auth.me({}))).toEqual({
      id: account.userId,
      email: account.email,
      role: "user",
      createdAt: sys.clock.now(),
    });
    const row = await sys.db.user.findUniqueOrThrow({
      where: { id: account.userId },
      include: { slots: true },
    });
    expect(row.passwordHash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    expect(JSON.stringify(row)).not.toContain(account.authKey);
    expect(Buffer.from(row.slots[0]?.envelope ?? []).toString("base64")).toBe(account.slot.envelope);
    expect(await eventsOf(account.userId)).toEqual(["auth.registered ok", "auth.login ok"]);
  });

  test("A2: the stored hash needs the app secret, not only the key", async () => {
    const other = { ...sys, config: { ...sys.config, APP_SECRET: key() } };
    const { account } = await registered();
    const { passwordHash } = await sys.db.user.findUniqueOrThrow({ where: { id: account.userId } });
    const login = callerOf({
      sys: other,
      actor: anonymous,
      responseHeaders: new Headers(),
    }).auth.login({ email: account.email, authKey: account.authKey });
    expect(passwordHash).not.toBeNull();
    await expect(login).rejects.toThrow(refusal("auth.wrong-credentials"));
  });

  test("a repeat of the same registration is the same account, and mails nobody", async () => {
    const { account } = await registered();
    await browser().call((api) => api.auth.register(account));
    const { me } = await browser().call((api) => api.auth.login(loginOf(account)));
    expect(me?.id).toBe(account.userId);
    expect(await sys.db.vaultSlot.count({ where: { userId: account.userId } })).toBe(1);
    expect(await mailsTo(account.email)).not.toContain("account-exists");
  });

  test("two at once for one address make one account", async () => {
    const first = newAccount(sys);
    const second = newAccount(sys, first.email);
    await Promise.all([first, second].map((account) => browser().call((api) => api.auth.register(account))));
    expect(await sys.db.user.count({ where: { email: first.email } })).toBe(1);
  });

  test("A2: a taken address answers as a free one, however it is written; the account stays as it is, and its owner is told", async () => {
    const { account } = await registered();
    const before = await sys.db.user.findUnique({ where: { id: account.userId }, include: { slots: true } });
    const intruder = newAccount(sys, ` ${account.email.toUpperCase()} `);
    const visitor = browser();
    expect(await visitor.call((api) => api.auth.register(intruder))).toEqual({});
    expect(visitor.jar.size).toBe(0);
    expect(await browser().call((api) => api.auth.register(newAccount(sys)))).toEqual({});
    expect(await sys.db.user.findUnique({ where: { id: account.userId }, include: { slots: true } })).toEqual(
      before,
    );
    expect(await mailsTo(account.email)).toContain("account-exists");
    expect(await eventsOf(account.userId)).toContain("auth.registration-refused refused");
  });

  test("a taken user id or slot id is refused and nothing is written", async () => {
    const { account } = await registered();
    const users = await sys.db.user.count();
    for (const copied of [{ userId: account.userId }, { slot: account.slot }]) {
      const made = { ...newAccount(sys), ...copied };
      await expect(browser().call((api) => api.auth.register(made))).rejects.toThrow(
        refusal("input.invalid"),
      );
    }
    expect(await sys.db.user.count()).toBe(users);
  });

  test.each([{ memory: 65_535 }, { iterations: 2 }])(
    "E2: derivation below the floor is refused: %o",
    async (weaker) => {
      const account = newAccount(sys);
      const attempt = browser().call((api) =>
        api.auth.register({ ...account, kdf: { ...account.kdf, ...weaker } }),
      );
      await expect(attempt).rejects.toThrow(refusal("auth.weak-key-derivation"));
      expect(await sys.db.user.count({ where: { email: account.email } })).toBe(0);
    },
  );

  test.each([
    ["an unknown field", { password: "hunter2" }],
    ["a key of the wrong length", { authKey: "short" }],
    ["an address that is none", { email: "nobody" }],
    [
      "an oversized envelope",
      { slot: { id: "7b1c1f5e-3f0a-4b0e-8b0a-0d6a3e3f9d11", envelope: "AAAA".repeat(4096) } },
    ],
    ["a user id that is no random UUID", { userId: "00000000-0000-1000-8000-000000000000" }],
  ])("V1: %s is refused and nothing is written", async (_, wrong) => {
    const users = await sys.db.user.count();
    const attempt = browser().call((api) => api.auth.register({ ...newAccount(sys), ...wrong }));
    await expect(attempt).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(await sys.db.user.count()).toBe(users);
  });
});

describe("sign-in", () => {
  test("prelogin returns the account's derivation", async () => {
    const { account } = await registered();
    expect(await browser().call((api) => api.auth.prelogin({ email: account.email }))).toEqual({
      kdf: account.kdf,
    });
  });

  test("prelogin answers for an unknown address as for a known one, and always the same", async () => {
    const ask = (email: string) => browser().call((api) => api.auth.prelogin({ email }));
    const [first, again, other] = [
      await ask("unknown@example.org"),
      await ask("Unknown@Example.org"),
      await ask("other@example.org"),
    ];
    expect(again).toEqual(first);
    expect(other.kdf.salt).not.toBe(first.kdf.salt);
    expect(Object.keys(first.kdf).sort()).toEqual(Object.keys(newAccount(sys).kdf).sort());
    expect(first.kdf).toMatchObject(keyDerivationFloor);
  });

  test("A2: an unknown address and a wrong key are the same answer after comparable work", async () => {
    const { account } = await registered();
    const attempt = async (email: string) => {
      const started = performance.now();
      const error: unknown = await browser()
        .call((api) => api.auth.login({ email, authKey: key() }))
        .catch((reason: unknown) => reason);
      return { error, took: performance.now() - started };
    };
    const known = [];
    const unknown = [];
    for (let round = 0; round < 5; round++) {
      known.push(await attempt(account.email));
      unknown.push(await attempt("unknown@example.org"));
    }
    for (const { error } of [...known, ...unknown])
      expect(error).toMatchObject({ message: "auth.wrong-credentials", code: "UNAUTHORIZED" });
    const fastest = (attempts: { took: number }[]) => Math.min(...attempts.map(({ took }) => took));
    // Without the work it would be a twentieth.
    const ratio = fastest(unknown) / fastest(known);
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });

  test("R1: logins, failed ones and logouts stand in the account's audit log", async () => {
    const { account, visitor } = await registered();
    await browser()
      .call((api) => api.auth.login({ email: account.email, authKey: key() }))
      .catch(() => {});
    await visitor.call((api) => api.auth.login({ email: account.email, authKey: account.authKey }));
    await visitor.call((api) => api.auth.logout({}));
    expect(await eventsOf(account.userId)).toEqual([
      "auth.registered ok",
      "auth.login ok",
      "auth.login-failed refused",
      "auth.login ok",
      "auth.logout ok",
    ]);
  });

  test("A7: a flood of logins is turned away instead of queueing without end", async () => {
    const flood = Array.from({ length: 200 }, () =>
      hashAuthKey(sys, key()).then(
        () => "hashed",
        (error: Error) => error.message,
      ),
    );
    const outcomes = await Promise.all(flood);
    expect(new Set(outcomes)).toEqual(new Set(["hashed", "auth.busy"]));
    expect(await hashAuthKey(sys, key())).toMatch(/^\$argon2id/);
  });

  test("A7: logins that are turned away cost nothing: not even their limits are counted", async () => {
    let counted = 0;
    const limiter: Limiter = {
      consume: (...call) => {
        counted++;
        return sys.limiter.consume(...call);
      },
    };
    const small = { ...sys, limiter, config: { ...sys.config, ARGON2_CONCURRENCY: 1 } };
    const flood = Array.from({ length: 60 }, () =>
      new Browser(small)
        .call((api) => api.auth.login({ email: `${sys.random.uuid()}@example.org`, authKey: key() }))
        .catch((error: Error) => error.message),
    );
    const outcomes = await Promise.all(flood);
    expect(new Set(outcomes)).toEqual(new Set(["auth.wrong-credentials", "auth.busy"]));
    const computed = outcomes.filter((outcome) => outcome === "auth.wrong-credentials");
    expect(counted).toBe(computed.length * 2); // for the network and for the address
  });

  test("A7: whether ids are taken tells nothing of an address", async () => {
    const { account: own } = await registeredOwner(sys);
    const { account: known } = await registeredOwner(sys);
    const register = (account: ReturnType<typeof newAccount>) =>
      new Browser(sys)
        .call((api) => api.auth.register(account))
        .then(
          () => "ok",
          (error: Error) => error.message,
        );
    for (const taken of [{ userId: own.userId }, { slot: own.slot }]) {
      const ofKnown = await register({ ...newAccount(sys, known.email), ...taken });
      const ofUnknown = await register({ ...newAccount(sys), ...taken });
      expect([ofKnown, ofUnknown]).toEqual(["input.invalid", "input.invalid"]);
    }
  });

  test("A3: a login that was verified before the password changed opens no session after it", async () => {
    const { account, browser } = await registeredOwner(sys);
    const db = sys.db.$extends({
      query: {
        user: {
          async findUnique({ args, query }) {
            const user = await query(args);
            const { kdf, authKey, slot } = newAccount(sys);
            await browser.call((api) =>
              api.auth.password.change({ currentAuthKey: account.authKey, kdf, authKey, slot }),
            );
            return user;
          },
        },
      },
    }) as unknown as typeof sys.db;
    const thief = new Browser({ ...sys, db });
    await expect(thief.call((api) => api.auth.login(loginOf(account)))).rejects.toEqual(
      refusal("auth.wrong-credentials"),
    );
    expect(thief.session).toBe("");
    expect(await sys.db.session.count({ where: { userId: account.userId } })).toBe(1);
  });
});

describe("sessions", () => {
  test("A3: the cookies are bound to this host, and neither scripts nor other sites get them", async () => {
    const account = newAccount(sys);
    const context = await createAppContext(sys, {
      method: "POST",
      headers: new Headers(),
      remoteAddress: "192.0.2.7",
    });
    await callerOf(context).auth.register(account);
    await callerOf(context).auth.login(loginOf(account));
    const [session = "", device = "", ...more] = context.responseHeaders.getSetCookie();
    expect(session).toMatch(/^__Host-session=[A-Za-z0-9_-]{43};/);
    expect(device).toMatch(/^__Host-device=[A-Za-z0-9_-]{43};/);
    for (const cookie of [session, device]) {
      expect(cookie.split("; ")).toEqual(
        expect.arrayContaining(["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]),
      );
      expect(cookie).not.toContain("Domain");
    }
    expect(more).toEqual([]);
  });

  test("A3: a stolen row is no cookie", async () => {
    const { account } = await registered();
    const { id, secretHash } = await sys.db.session.findFirstOrThrow({ where: { userId: account.userId } });
    for (const stolen of [id, secretHash]) {
      const thief = browser();
      thief.jar.set("__Host-session", stolen);
      await expect(thief.call((api) => api.auth.me({}))).rejects.toThrow(refusal("auth.required"));
    }
  });

  test("A3: every login has another session, and the one before it ends", async () => {
    const { account, visitor } = await registered();
    const before = visitor.session;
    await visitor.call((api) => api.auth.login({ email: account.email, authKey: account.authKey }));
    expect(visitor.session).not.toBe(before);
    const old = browser();
    old.jar.set("__Host-session", before);
    await expect(old.call((api) => api.auth.me({}))).rejects.toThrow(refusal("auth.required"));
    expect((await visitor.call((api) => api.auth.me({}))).id).toBe(account.userId);
  });

  test("A3: logout ends the session on the server", async () => {
    const { visitor } = await registered();
    const kept = visitor.copy();
    await visitor.call((api) => api.auth.logout({}));
    await expect(kept.call((api) => api.auth.me({}))).rejects.toThrow(refusal("auth.required"));
    await expect(visitor.call((api) => api.auth.logout({}))).resolves.toEqual({});
  });

  test("A3: a session lasts thirty days from the login, however much it is used", async () => {
    const { visitor } = await registered();
    const half = 12 * 60 * 60_000;
    for (let elapsed = 0; elapsed < 59; elapsed++) {
      sys.clock.advance(half);
      await expect(visitor.call((api) => api.auth.me({}))).resolves.toBeDefined();
    }
    sys.clock.advance(half);
    await expect(visitor.call((api) => api.auth.me({}))).rejects.toThrow(refusal("auth.required"));
  });

  test("A3: a session that is not used for a day ends", async () => {
    const { visitor } = await registered();
    const day = 24 * 60 * 60_000;
    sys.clock.advance(day - 1);
    await expect(visitor.call((api) => api.auth.me({}))).resolves.toBeDefined();
    sys.clock.advance(day - 1);
    await expect(visitor.call((api) => api.auth.me({}))).resolves.toBeDefined();
    sys.clock.advance(day);
    await expect(visitor.call((api) => api.auth.me({}))).rejects.toThrow(refusal("auth.required"));
  });

  test("A3: a session of the dashboard is none in the admin app, even an admin's", async () => {
    const { account, visitor } = await registered();
    await sys.db.user.update({ where: { id: account.userId }, data: { role: "admin" } });
    expect((await visitor.call((api) => api.auth.me({}))).role).toBe("admin");
    const moved = browser();
    moved.jar.set("__Host-admin-session", visitor.session);
    expect((await moved.adminContext()).actor.kind).toBe("anonymous");
  });

  test("A3: a session that was revoked by its row ends at once", async () => {
    const { account, visitor } = await registered();
    await sys.db.session.deleteMany({ where: { userId: account.userId } });
    await expect(visitor.call((api) => api.auth.me({}))).rejects.toThrow(refusal("auth.required"));
  });
});

test("what a request carried is in no line of the log", async () => {
  const { account, visitor } = await registered();
  sys.log.info({ input: account, headers: { cookie: `__Host-session=${visitor.session}` } }, "request");
  const log = sys.logged.join("");
  expect(log).toContain("request");
  for (const secret of [account.authKey, account.slot.envelope, visitor.session])
    expect(log).not.toContain(secret);
});
