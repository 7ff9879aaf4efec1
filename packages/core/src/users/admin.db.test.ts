import { describe, expect, test } from "vitest";
import { adminRouter } from "../api/admin.ts";
import { type AdminContext, createAdminContext } from "../api/context.ts";
import { createAdminCaller } from "../api/trpc.ts";
import { hashAuthKey } from "../auth/hash-auth-key.ts";
import { keyDerivationFloor } from "../auth/schema.ts";
import { anonymous, createAdmin, createUser } from "../testing/create-user.ts";
import { databaseFingerprint } from "../testing/database-fingerprint.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { inviteAdmin } from "./invite-admin.ts";
import { redeemInvitation } from "./redeem-invitation.ts";

const sys = await createTestSystem();
const operator = { kind: "operator" } as const;

const key = () => Buffer.from(sys.random.bytes(32)).toString("base64url");
const newEmail = () => `${sys.random.uuid()}@example.org`;
const newAccount = () => ({
  userId: sys.random.uuid(),
  kdf: {
    algorithm: "argon2id" as const,
    salt: Buffer.from(sys.random.bytes(16)).toString("base64url"),
    ...keyDerivationFloor,
  },
  slot: { id: sys.random.uuid(), envelope: Buffer.from(sys.random.bytes(100)).toString("base64") },
});
const refusal = (code: string) => ({ message: code });

function caller(actor: AdminContext["actor"] = anonymous) {
  const responseHeaders = new Headers();
  return { api: createAdminCaller(adminRouter)({ sys, actor, responseHeaders }), responseHeaders };
}

/** Who the admin app takes the holder of these answer's cookies for. */
async function actorAfter(responseHeaders: Headers): Promise<AdminContext["actor"]> {
  const cookie = responseHeaders.getSetCookie()[0]?.split(";")[0] ?? "";
  const context = await createAdminContext(sys, {
    method: "GET",
    headers: new Headers({ cookie }),
    remoteAddress: "192.0.2.7",
  });
  return context.actor;
}

async function existing(role: "user" | "admin" = "user") {
  const email = newEmail();
  const authKey = key();
  const { userId } = await createUser(sys, email);
  await sys.db.user.update({
    where: { id: userId },
    data: { role, passwordHash: await hashAuthKey(sys, authKey) },
  });
  return { email, authKey, userId };
}

describe("invitation", () => {
  test("a new address becomes an admin account and is signed in", async () => {
    const email = newEmail();
    const { token } = await inviteAdmin(sys, operator, { email });
    const { api, responseHeaders } = caller();
    expect(await api.auth.readInvitation({ token })).toMatchObject({ email, hasAccount: false });
    const account = newAccount();
    const authKey = key();
    expect(await api.auth.redeemInvitation({ token, authKey, account })).toMatchObject({
      me: { id: account.userId, email, role: "admin" },
      factors: [],
    });
    expect(responseHeaders.getSetCookie()[0]).toMatch(/^__Host-admin-session=/);
    expect(await actorAfter(responseHeaders)).toMatchObject({ kind: "admin", userId: account.userId });
    await expect(caller().api.auth.login({ email, authKey })).resolves.toMatchObject({
      me: { id: account.userId },
    });
  });

  test("it works once, even for two at once", async () => {
    const email = newEmail();
    const { token } = await inviteAdmin(sys, operator, { email });
    const redeem = () => caller().api.auth.redeemInvitation({ token, authKey: key(), account: newAccount() });
    const outcomes = await Promise.allSettled([redeem(), redeem()]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(redeem()).rejects.toMatchObject(refusal("admin.invitation-missing"));
    expect(await sys.db.user.count({ where: { email } })).toBe(1);
  });

  test("it ends after an hour, and with a newer one", async () => {
    const email = newEmail();
    const older = await inviteAdmin(sys, operator, { email });
    const newer = await inviteAdmin(sys, operator, { email });
    await expect(caller().api.auth.readInvitation({ token: older.token })).rejects.toMatchObject(
      refusal("admin.invitation-missing"),
    );
    await expect(caller().api.auth.readInvitation({ token: newer.token })).resolves.toMatchObject({ email });
    sys.clock.advance(60 * 60_000);
    await expect(caller().api.auth.readInvitation({ token: newer.token })).rejects.toMatchObject(
      refusal("admin.invitation-missing"),
    );
  });

  test("a stolen row is no invitation", async () => {
    const email = newEmail();
    await inviteAdmin(sys, operator, { email });
    const { tokenHash } = await sys.db.adminInvitation.findFirstOrThrow({ where: { email } });
    const token = Buffer.from(tokenHash, "hex").toString("base64url");
    await expect(caller().api.auth.readInvitation({ token })).rejects.toMatchObject(
      refusal("admin.invitation-missing"),
    );
  });

  test("a password that is replaced while it is verified promotes nobody", async () => {
    const { email, authKey, userId } = await existing();
    const { token } = await inviteAdmin(sys, operator, { email });
    const passwordHash = await hashAuthKey(sys, key());
    const db = sys.db.$extends({
      query: {
        user: {
          async findUnique({ args, query }) {
            const user = await query(args);
            await sys.db.user.update({ where: { id: userId }, data: { passwordHash } });
            return user;
          },
        },
      },
    }) as unknown as typeof sys.db;
    const redeem = redeemInvitation({ ...sys, db }, anonymous, { token, authKey, account: null });
    await expect(redeem).rejects.toMatchObject(refusal("auth.wrong-credentials"));
    expect((await sys.db.user.findUniqueOrThrow({ where: { id: userId } })).role).toBe("user");
  });

  test("an existing account is promoted only with its password, and keeps password and vault", async () => {
    const { email, authKey, userId } = await existing();
    const { token } = await inviteAdmin(sys, operator, { email });
    const { api } = caller();
    expect(await api.auth.readInvitation({ token })).toMatchObject({ hasAccount: true });
    await expect(api.auth.redeemInvitation({ token, authKey: key(), account: null })).rejects.toMatchObject(
      refusal("auth.wrong-credentials"),
    );
    expect(await sys.db.auditEvent.count({ where: { userId, action: "auth.login-failed" } })).toBe(1);
    const before = await databaseFingerprint(sys.db);
    await expect(
      api.auth.redeemInvitation({ token, authKey: key(), account: newAccount() }),
    ).rejects.toMatchObject(refusal("auth.email-taken"));
    expect(await databaseFingerprint(sys.db)).toBe(before);
    const { passwordHash } = await sys.db.user.findUniqueOrThrow({ where: { id: userId } });
    expect(await api.auth.redeemInvitation({ token, authKey, account: null })).toMatchObject({
      me: { id: userId, role: "admin" },
    });
    expect(await sys.db.user.findUniqueOrThrow({ where: { id: userId } })).toMatchObject({
      passwordHash,
      role: "admin",
    });
  });

  test("R1: inviting and redeeming stand in the audit log", async () => {
    const email = newEmail();
    const { token } = await inviteAdmin(sys, operator, { email });
    const account = newAccount();
    await caller().api.auth.redeemInvitation({ token, authKey: key(), account });
    const events = await sys.db.auditEvent.findMany({ orderBy: { id: "desc" }, take: 3 });
    expect(events).toMatchObject([
      { action: "auth.login", userId: account.userId, details: { audience: "admin", method: "invitation" } },
      { action: "admin.redeemed", userId: account.userId, ip: anonymous.ip },
      { action: "admin.invited", actorKind: "operator", details: { email } },
    ]);
    expect(
      JSON.stringify(events, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    ).not.toContain(token);
  });
});

describe("sign-in", () => {
  test("A3: the admin app lets in admins only, and says so only to who knows the password", async () => {
    const { email, authKey } = await existing("user");
    await expect(caller().api.auth.login({ email, authKey: key() })).rejects.toMatchObject(
      refusal("auth.wrong-credentials"),
    );
    await expect(caller().api.auth.login({ email, authKey })).rejects.toMatchObject(
      refusal("admin.required"),
    );
    expect(await sys.db.session.count({ where: { user: { email } } })).toBe(0);
  });

  test("A3: who is no admin any more is signed out at the next request", async () => {
    const { email, authKey, userId } = await existing("admin");
    const { api, responseHeaders } = caller();
    await api.auth.login({ email, authKey });
    expect((await actorAfter(responseHeaders)).kind).toBe("admin");
    await sys.db.user.update({ where: { id: userId }, data: { role: "user" } });
    expect((await actorAfter(responseHeaders)).kind).toBe("anonymous");
  });

  test("A3: an admin's session lasts twelve hours", async () => {
    const { email, authKey } = await existing("admin");
    const { api, responseHeaders } = caller();
    await api.auth.login({ email, authKey });
    sys.clock.advance(12 * 60 * 60_000 - 1);
    expect((await actorAfter(responseHeaders)).kind).toBe("admin");
    sys.clock.advance(1);
    expect((await actorAfter(responseHeaders)).kind).toBe("anonymous");
  });

  test("nothing of the fleet is told to a stranger", async () => {
    const { api } = caller();
    const asked = [
      api.overview({}),
      api.users.list({}),
      api.instances.list({}),
      api.hosts.list({}),
      api.auth.me({}),
    ];
    for (const answer of asked) await expect(answer).rejects.toMatchObject(refusal("auth.required"));
  });
});

describe("A10: step-up of an operator", () => {
  test("a sign-in counts for ten minutes; then the password must be shown, under a new cookie", async () => {
    const { email, authKey } = await existing("admin");
    const signedIn = caller();
    await signedIn.api.auth.login({ email, authKey });
    sys.clock.advance(10 * 60_000);
    const late = caller(await actorAfter(signedIn.responseHeaders));
    const wish = { operationId: sys.random.uuid(), reason: "Sends spam." };
    await expect(late.api.killSwitch.fleet(wish)).rejects.toMatchObject(refusal("auth.step-up-required"));
    await expect(late.api.auth.stepUp({ authKey: key() })).rejects.toMatchObject(
      refusal("auth.wrong-credentials"),
    );
    await late.api.auth.stepUp({ authKey });
    expect((await actorAfter(signedIn.responseHeaders)).kind).toBe("anonymous");
    const { api } = caller(await actorAfter(late.responseHeaders));
    const { id: switchId } = await api.killSwitch.fleet(wish);
    expect(await api.killSwitch.list({})).toMatchObject([
      { id: switchId, reason: wish.reason, engagedByEmail: email },
    ]);
    await api.killSwitch.release({ switchId, reason: "It was a mistake." });
  });
});

describe("the fleet", () => {
  test("people are found by a part of their address, in any case, page by page", async () => {
    const { api } = caller(await createAdmin(sys));
    for (const name of ["ada", "bob", "ada.b"]) await createUser(sys, `${name}@findable.example`);
    const search = { email: " ADA", limit: 1 };
    const first = await api.users.list(search);
    const second = await api.users.list({ ...search, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ email }) => email).sort()).toEqual([
      "ada.b@findable.example",
      "ada@findable.example",
    ]);
    expect(second.nextCursor).toBeNull();
    expect((await api.users.list({ email: "nobody-like-that" })).items).toEqual([]);
  });

  test("counts users, instances by state and living hosts; lists them page by page", async () => {
    const { api } = caller(await createAdmin(sys));
    const owner = await createUser(sys);
    const now = sys.clock.now();
    const hosts = [now, new Date(now.getTime() - 60_000)].map((seenAt, n) => ({
      id: sys.random.uuid(),
      name: `host-${n}`,
      identityKey: key(),
      internalUrl: "http://127.0.0.1:3003",
      seenAt,
      createdAt: now,
    }));
    await sys.db.host.createMany({ data: hosts });
    const statuses = ["running", "running", "failed", "removed", "draft"] as const;
    await sys.db.instance.createMany({
      data: statuses.map((status, n) => ({
        id: sys.random.uuid(),
        ownerId: owner.userId,
        hostId: hosts[0]?.id ?? null,
        name: `secret name ${n}`,
        slug: `slug-${n}`,
        model: "openai/gpt-5-mini",
        desired: "running" as const,
        status,
        createdAt: now,
        updatedAt: now,
      })),
    });

    expect(await api.overview({})).toEqual({
      users: await sys.db.user.count(),
      instances: { draft: 1, starting: 0, running: 2, stopping: 0, stopped: 0, failed: 1, removing: 0 },
      hosts: { total: 2, online: 1 },
    });
    expect(
      (await api.hosts.list({})).items
        .map(({ name, online, instances }) => ({ name, online, instances }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    ).toEqual([
      { name: "host-0", online: true, instances: 4 },
      { name: "host-1", online: false, instances: 0 },
    ]);

    const first = await api.instances.list({ limit: 3 });
    const second = await api.instances.list({ limit: 3, cursor: first.nextCursor });
    const listed = [...first.items, ...second.items];
    expect(listed.map(({ slug }) => slug).sort()).toEqual(["slug-0", "slug-1", "slug-2", "slug-4"]);
    expect(second.nextCursor).toBeNull();
    expect(listed.map(({ plan }) => plan)).toEqual(["lite", "lite", "lite", "lite"]);
    expect(JSON.stringify(listed)).not.toContain("secret name");
    expect((await api.instances.list({ status: "removed" })).items.map(({ slug }) => slug)).toEqual([
      "slug-3",
    ]);

    const users = await api.users.list({ limit: 1 });
    expect(users.items).toHaveLength(1);
    const all = await api.users.list({ limit: 100 });
    expect(all.items.find(({ id }) => id === owner.userId)?.instances).toBe(4);
    expect(JSON.stringify(all)).not.toContain("argon2");
  });
});
