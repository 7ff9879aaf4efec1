import { describe, expect, test } from "vitest";
import { openSession } from "../auth/sessions.ts";
import { errorCatalogue, isErrorCode } from "../errors.ts";
import type { ApiTokenScope } from "../generated/prisma/enums.ts";
import { createInstance } from "../instances/create-instance.ts";
import type { UserActor } from "../system.ts";
import { type Access, accessMatrix, type Subject } from "../testing/access-matrix.ts";
import { createAdmin, createUser, anonymous as stranded } from "../testing/create-user.ts";
import { databaseFingerprint } from "../testing/database-fingerprint.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import { createToken } from "../tokens/create-token.ts";
import { saveConfig } from "../vault/save-config.ts";
import { adminRouter } from "./admin.ts";
import { appRouter } from "./app.ts";
import { type AppContext, createAdminContext, createAppContext } from "./context.ts";
import { internalRouter } from "./internal.ts";
import { type Audience, createAdminCaller, createAppCaller, createInternalCaller } from "./trpc.ts";

const sys = await createTestSystem();
const owner = await createUser(sys);
const stranger = await createUser(sys);
const newId = () => sys.random.uuid();

const [instanceId, configId] = [newId(), newId()];
await createInstance(sys, owner, { id: instanceId, name: "Ada", model: "openai/gpt-5-mini", channels: [] });
await saveConfig(sys, owner, { id: configId, revision: 1, wrappedKey: "AAAA", envelope: "AAAA" });
const { token } = await createToken(sys, owner, { id: newId(), name: "laptop", scope: "read", days: 1 });
await sys.db.$transaction((tx) => openSession(tx, sys, "app", owner.userId, owner));
const session = await sys.db.session.findFirstOrThrow({ where: { userId: owner.userId } });
const passkeyId = newId();
await sys.db.passkey.create({
  data: {
    id: passkeyId,
    userId: owner.userId,
    credentialId: "theirs",
    publicKey: Uint8Array.of(1),
    counter: 0n,
    transports: [],
    name: "Phone",
    synced: false,
    prf: false,
    createdAt: sys.clock.now(),
  },
});
const identityId = newId();
await sys.db.identity.create({
  data: {
    id: identityId,
    userId: owner.userId,
    provider: "github",
    issuer: "https://github.example",
    subject: "1",
    createdAt: sys.clock.now(),
  },
});
const theirs: Subject = {
  instanceId,
  configId,
  sessionId: session.id,
  tokenId: token.id,
  passkeyId,
  identityId,
};
const nobodys = (): Subject => ({
  instanceId: newId(),
  configId: newId(),
  sessionId: newId(),
  tokenId: newId(),
  passkeyId: newId(),
  identityId: newId(),
});

/** Calls by path, as HTTP does, and waits for the first item of a stream. Returns the code of the refusal. */
async function refusalOf(caller: object, path: string, input: object): Promise<string | null> {
  const ask = path.split(".").reduce<unknown>((found, name) => Reflect.get(Object(found), name), caller);
  if (typeof ask !== "function") throw new Error(`there is no ${path}`);
  try {
    const answer: unknown = await ask(input);
    if (answer && typeof answer === "object" && Symbol.asyncIterator in answer) {
      await (answer as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const request = (cookie: string) => ({
  method: "POST",
  headers: new Headers({ cookie, origin: sys.config.WEB_URL }),
  remoteAddress: "192.0.2.7",
});
const without = (origin: string) => ({ ...request(""), headers: new Headers({ origin }) });
const anonymous = createAppCaller(appRouter)(await createAppContext(sys, request("")));
const invented = createAppCaller(appRouter)(
  await createAppContext(sys, request(`__Host-session=${"a".repeat(40)}`)),
);
const adminAnonymous = createAdminCaller(adminRouter)(
  await createAdminContext(sys, without(sys.config.ADMIN_URL)),
);
const answers = { responseHeaders: new Headers() };
const callerOf = (actor: AppContext["actor"]) => createAppCaller(appRouter)({ ...answers, sys, actor });
const asStranger = callerOf(stranger);
const asOwner = (change: Partial<UserActor>) => callerOf({ ...owner, ...change });
const { kind: _, provenAt: __, ...half } = owner;
const asHalf = callerOf({ kind: "half", ...half });
const asHalfOperator = createAdminCaller(adminRouter)({ ...answers, sys, actor: { kind: "half", ...half } });
const { ip, userAgent, deviceHash, userId } = owner;
const asToken = (scope: ApiTokenScope) =>
  callerOf({ kind: "apiToken", userId, tokenId: token.id, scope, ip, userAgent, deviceHash });

const host = await createTestHost(sys);
const untrusted = createInternalCaller(internalRouter)({ sys: startTestWorker(sys, host), trusted: false });

/** The database is the same before and after. */
async function refusedWithoutTrace(caller: object, path: string, input: object): Promise<string | null> {
  const before = await databaseFingerprint(sys.db);
  const code = await refusalOf(caller, path, input);
  expect(await databaseFingerprint(sys.db), `${path} wrote something`).toBe(before);
  return code;
}

const inputFor = ({ input }: Access, subject: Subject) => input?.(subject, newId) ?? {};
const entries = (router: keyof typeof accessMatrix) => Object.entries(accessMatrix[router]);
const closed = (router: keyof typeof accessMatrix) =>
  entries(router).filter(([, { audience }]) => audience !== "public");

describe("A3: nobody, or with a session that never was", () => {
  test.each(closed("app"))("app %s demands a session", async (path, access) => {
    for (const caller of [anonymous, invented]) {
      expect(await refusedWithoutTrace(caller, path, inputFor(access, theirs))).toBe("auth.required");
    }
  });

  test.each(closed("admin"))("admin %s demands an operator's session", async (path, access) => {
    expect(await refusedWithoutTrace(adminAnonymous, path, inputFor(access, theirs))).toBe("auth.required");
  });

  test.each(closed("internal"))("internal %s demands the internal secret", async (path) => {
    expect(await refusedWithoutTrace(untrusted, path, {})).toBe("auth.required");
  });
});

describe("A6: who still owes the second factor", () => {
  test.each(closed("app").filter(([, { audience }]) => audience !== "half"))(
    "app %s is refused",
    async (path, access) => {
      expect(await refusedWithoutTrace(asHalf, path, inputFor(access, theirs))).toBe(
        "auth.second-factor-required",
      );
    },
  );

  test.each(entries("admin").filter(([, { audience }]) => audience.startsWith("admin")))(
    "admin %s is refused",
    async (path) => {
      expect(await refusedWithoutTrace(asHalfOperator, path, {})).toBe("auth.second-factor-required");
    },
  );
});

describe("A10: who has not proven lately to be the owner", () => {
  const dangerous = entries("app").filter(
    ([, { audience }]) => audience === "proven" || audience === "destroy",
  );

  test.each(dangerous)("app %s asks for a step-up", async (path, access) => {
    for (const provenAt of [null, new Date(sys.clock.now().getTime() - 600_000)]) {
      const caller = asOwner({ provenAt });
      expect(await refusedWithoutTrace(caller, path, inputFor(access, theirs))).toBe("auth.step-up-required");
    }
  });

  test.each(entries("admin").filter(([, { audience }]) => audience === "admin-proven"))(
    "admin %s asks for a fresh sign-in",
    async (path) => {
      const operator = await createAdmin(sys);
      for (const provenAt of [null, new Date(sys.clock.now().getTime() - 600_000)]) {
        const actor = { ...operator, provenAt };
        const caller = createAdminCaller(adminRouter)({ ...answers, sys, actor });
        expect(await refusedWithoutTrace(caller, path, {})).toBe("auth.step-up-required");
      }
    },
  );

  test("covers what changes who may sign in", () => {
    expect(dangerous.length).toBeGreaterThan(5);
  });
});

describe("an API token", () => {
  const beyond: [ApiTokenScope, Audience[]][] = [
    ["read", ["operate", "manage", "destroy", "account", "proven"]],
    ["operate", ["manage", "destroy", "account", "proven"]],
    ["manage", ["account", "proven"]],
  ];
  const refused = beyond.flatMap(([scope, audiences]) =>
    entries("app")
      .filter(([, { audience }]) => audiences.includes(audience))
      .map(([path, access]) => [scope, path, access] as const),
  );

  test.each(refused)("to %s is too small for %s", async (scope, path, access) => {
    expect(await refusedWithoutTrace(asToken(scope), path, inputFor(access, theirs))).toBe(
      "auth.token-scope",
    );
  });

  test("is enough for what it says", async () => {
    expect(await refusalOf(asToken("read"), "instances.list", {})).toBeNull();
    expect(await refusalOf(asToken("manage"), "vault.configs.get", { id: configId })).toBeNull();
  });
});

describe("I1: another tenant", () => {
  const naming = entries("app").filter(([, { input }]) => input);

  test.each(naming)("%s answers for another's as for what is not there", async (path, access) => {
    const foreign = await refusedWithoutTrace(asStranger, path, inputFor(access, theirs));
    const unknown = await refusedWithoutTrace(asStranger, path, inputFor(access, nobodys()));
    expect(foreign).toBe(unknown);
    // Not anything else that is wrong before the owner is looked at.
    expect(isErrorCode(foreign) && errorCatalogue[foreign]).toBe("missing");
  });

  test("covers everything that names an instance or a configuration", () => {
    expect(naming.length).toBeGreaterThan(15);
  });
});

test("an operator's session is none in the dashboard, and the other way round", async () => {
  const operator = await createAdmin(sys);
  const plain = createAdminCaller(adminRouter)({
    ...answers,
    sys,
    actor: stranded,
  });
  expect(await refusalOf(plain, "overview", {})).toBe("auth.required");
  const asOperator = createAdminCaller(adminRouter)({ ...answers, sys, actor: operator });
  expect(await refusalOf(asOperator, "overview", {})).toBeNull();
});
