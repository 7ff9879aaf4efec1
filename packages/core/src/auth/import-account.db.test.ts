import { hash } from "@node-rs/bcrypt";
import { describe, expect, test } from "vitest";
import { verifyLog } from "../audit/verify-log.ts";
import { importedKey } from "../testing/bcrypt.ts";
import { Browser, newAccount, newKey, registeredOwner } from "../testing/browser.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { importAccount } from "./import-account.ts";
import { importAccountInput } from "./schema.ts";
import { codeOf, readSecret, stepOf } from "./totp.ts";

const sys = await createTestSystem();
const operator = { kind: "operator" } as const;
const refusal = (code: string) => ({ message: code });
const password = "correct horse battery staple";

async function imported(facts: { password?: string; version?: "2a" | "2b" | "2y" } = {}) {
  const email = `${sys.random.uuid()}@example.org`;
  const { version = "2b" } = facts;
  const passwordHash = await hash(facts.password ?? password, { cost: 12, version });
  expect(await importAccount(sys, operator, { email, passwordHash, emailVerified: false })).toBe("imported");
  return { email, passwordHash };
}

const rowOf = (email: string) =>
  sys.db.user.findUniqueOrThrow({ where: { email }, include: { slots: true } });
const kdfOf = async (email: string) =>
  (await new Browser(sys).call((api) => api.auth.prelogin({ email }))).kdf;
const keyOf = async (email: string, typed = password) => importedKey(typed, await kdfOf(email));
const eventsOf = async (userId: string) =>
  (await sys.db.auditEvent.findMany({ where: { userId }, orderBy: { id: "asc" } })).map(
    ({ action }) => action,
  );

/** Changes that mails on their way to an address tell of. */
const noticesTo = async (email: string) =>
  (
    await sys.db.$queryRaw<{ change: string }[]>`
      SELECT data->'template'->>'change' AS change FROM pgboss.job
      WHERE name = 'mail' AND data->>'to' = ${email}`
  ).map(({ change }) => change);

/** What the browser sends once it is in. */
function replacement(currentAuthKey: string) {
  const { kdf, authKey, slot } = newAccount(sys);
  return { currentAuthKey, kdf, authKey, slot };
}

async function signedIn(email: string) {
  const authKey = await keyOf(email);
  const browser = new Browser(sys);
  const { me } = await browser.call((api) => api.auth.login({ email, authKey }));
  expect(me?.email).toBe(email);
  return { browser, authKey };
}

describe("A2: a bcrypt hash from an older installation", () => {
  test.each([
    ["2a", password, password],
    ["2b", "Grüße, 世界 🔑", "Grüße, 世界 🔑"],
    ["2y", "x".repeat(72), "x".repeat(72)],
    // bcrypt never looked further, so the older installation let them in too.
    ["2b", `${"é".repeat(36)} and more`, `${"é".repeat(36)} and something else`],
  ] as const)("$%s$: lets in whoever knows the password, and nobody else", async (version, set, typed) => {
    const { email } = await imported({ password: set, version });
    const wrong = await keyOf(email, typed.toUpperCase());
    await expect(
      new Browser(sys).call((api) => api.auth.login({ email, authKey: wrong })),
    ).rejects.toMatchObject(refusal("auth.wrong-credentials"));
    const authKey = await keyOf(email, typed);
    const { me } = await new Browser(sys).call((api) => api.auth.login({ email, authKey }));
    expect(me).toMatchObject({ email, role: "user" });
  });

  test("is not kept, and neither it nor what is kept signs anybody in", async () => {
    const { email, passwordHash } = await imported();
    const row = await rowOf(email);
    expect(row.passwordHash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    expect(JSON.stringify(row)).not.toContain(passwordHash.slice(29));
    const tag = (row.passwordHash ?? "").slice(-43).replaceAll("+", "-").replaceAll("/", "_");
    const login = (authKey: string) => new Browser(sys).call((api) => api.auth.login({ email, authKey }));
    await expect(login(tag)).rejects.toMatchObject(refusal("auth.wrong-credentials"));
    for (const stolen of [passwordHash, row.passwordHash ?? ""])
      await expect(login(stolen)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("is replaced at the first sign-in, with the account's first vault; then it is refused", async () => {
    const { email } = await imported();
    const { browser, authKey } = await signedIn(email);
    expect(await browser.call((api) => api.vault.slots.list({}))).toEqual([]);
    const other = await signedIn(email);
    const change = replacement(authKey);
    await browser.call((api) => api.auth.password.change(change));
    expect(await kdfOf(email)).toEqual(change.kdf);
    expect(await browser.call((api) => api.vault.slots.list({}))).toMatchObject([change.slot]);
    const { id } = await rowOf(email);
    expect(await eventsOf(id)).toEqual([
      "account.imported",
      "auth.login",
      "auth.login",
      "auth.password-upgraded",
    ]);
    expect(await noticesTo(email)).toContain("password-upgraded");
    // No session outlives it, and the old key proves nothing any more.
    await expect(other.browser.call((api) => api.auth.me({}))).rejects.toMatchObject(
      refusal("auth.required"),
    );
    await expect(browser.call((api) => api.auth.password.change(replacement(authKey)))).rejects.toMatchObject(
      refusal("auth.wrong-credentials"),
    );
    await expect(new Browser(sys).call((api) => api.auth.login({ email, authKey }))).rejects.toMatchObject(
      refusal("auth.wrong-credentials"),
    );
    const { me } = await new Browser(sys).call((api) => api.auth.login({ email, authKey: change.authKey }));
    expect(me?.id).toBe(id);
  });

  test("is replaced once when two browsers are the first at once", async () => {
    const { email } = await imported();
    const both = [await signedIn(email), await signedIn(email)];
    const outcomes = await Promise.allSettled(
      both.map(({ browser, authKey }) =>
        browser.call((api) => api.auth.password.change(replacement(authKey))),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await rowOf(email)).slots).toHaveLength(1);
  });

  test("takes the password to be replaced: the session is not enough", async () => {
    const { email } = await imported();
    const { browser } = await signedIn(email);
    const before = await rowOf(email);
    await expect(
      browser.call((api) => api.auth.password.change(replacement(newKey(sys)))),
    ).rejects.toMatchObject(refusal("auth.wrong-credentials"));
    expect(await rowOf(email)).toEqual(before);
  });

  test("never becomes that of another account, or of this one again", async () => {
    const kdf = await kdfOf((await imported()).email);
    const { account, browser } = await registeredOwner(sys);
    const change = { ...replacement(account.authKey), kdf: kdf as never };
    await expect(browser.call((api) => api.auth.password.change(change))).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
    const opening = { ...newAccount(sys), kdf: kdf as never };
    await expect(new Browser(sys).call((api) => api.auth.register(opening))).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });

  test("A6: is replaced after the second factor when there is one by then, not before", async () => {
    const { email } = await imported();
    const first = await signedIn(email);
    const { secret } = await first.browser.call((api) => api.auth.totp.begin({}));
    const shown = () => codeOf(readSecret(secret), stepOf(sys.clock.now()));
    const confirmation = await shown();
    await first.browser.call((api) => api.auth.totp.confirm({ code: confirmation }));
    sys.clock.advance(60_000);

    const browser = new Browser(sys);
    const { authKey } = first;
    expect(await browser.call((api) => api.auth.login({ email, authKey }))).toMatchObject({ me: null });
    const change = () => browser.call((api) => api.auth.password.change(replacement(authKey)));
    await expect(change()).rejects.toMatchObject(refusal("auth.second-factor-required"));
    const proof = { kind: "totp" as const, code: await shown() };
    await browser.call((api) => api.auth.verifyTotp({ proof }));
    await change();
    expect(await kdfOf(email)).toMatchObject({ algorithm: "argon2id" });
  });
});

describe("the import", () => {
  test("R1: stands in the audit log, by whoever runs the server", async () => {
    const email = `${sys.random.uuid()}@example.org`;
    const passwordHash = await hash(password, { cost: 12 });
    await importAccount(sys, operator, { email, passwordHash, emailVerified: true });
    const { id, emailVerifiedAt } = await rowOf(email);
    expect(emailVerifiedAt).toEqual(sys.clock.now());
    const event = await sys.db.auditEvent.findFirstOrThrow({ where: { targetId: id } });
    expect(event).toMatchObject({ action: "account.imported", actorKind: "operator", userId: id });
    expect(JSON.stringify(event.details)).toBe('{"emailVerified":true}');
    expect((await verifyLog(sys)).broken).toBeNull();
  });

  test("leaves an account that is here as it is, also when it comes twice at once", async () => {
    const { email } = await imported();
    const { account } = await registeredOwner(sys);
    const passwordHash = await hash("another password", { cost: 12 });
    for (const known of [email, account.email]) {
      const before = await rowOf(known);
      expect(await importAccount(sys, operator, { email: known, passwordHash, emailVerified: true })).toBe(
        "exists",
      );
      expect(await rowOf(known)).toEqual(before);
    }
    const fresh = { email: `${sys.random.uuid()}@example.org`, passwordHash, emailVerified: false };
    const outcomes = await Promise.all([1, 2].map(() => importAccount(sys, operator, fresh)));
    expect(outcomes.toSorted()).toEqual(["exists", "imported"]);
  });

  test.each([
    ["too cheap", "$2b$11$8NJH3LsPrANStV6XtBakCez0cKHXVxmvxIlcz785vxAIZrihHZpeS"],
    ["too costly", "$2b$16$8NJH3LsPrANStV6XtBakCez0cKHXVxmvxIlcz785vxAIZrihHZpeS"],
    ["made by a program that was wrong", "$2x$12$8NJH3LsPrANStV6XtBakCez0cKHXVxmvxIlcz785vxAIZrihHZpeS"],
    ["cut off", "$2b$12$8NJH3LsPrANStV6XtBakCez0cKHXVxmvxIlcz785vxAIZrihHZpe"],
    ["of another kind", "$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG"],
    ["the password itself", "hunter2"],
  ])("V1: refuses a hash that is %s, without repeating it", (_, passwordHash) => {
    const { error } = importAccountInput.safeParse({ email: "ada@example.org", passwordHash });
    expect(error?.issues[0]?.message).toMatch(/^must be a bcrypt hash/);
    expect(JSON.stringify(error?.issues)).not.toContain(passwordHash);
  });
});
