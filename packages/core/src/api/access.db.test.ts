import { describe, expect, test } from "vitest";
import { createInstance } from "../instances/create-instance.ts";
import { type Access, accessMatrix, type Subject } from "../testing/access-matrix.ts";
import { createAdmin, createUser } from "../testing/create-user.ts";
import { databaseFingerprint } from "../testing/database-fingerprint.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import { saveConfig } from "../vault/save-config.ts";
import { adminRouter } from "./admin.ts";
import { appRouter } from "./app.ts";
import { createAdminContext, createAppContext } from "./context.ts";
import { internalRouter } from "./internal.ts";
import { createAdminCaller, createAppCaller, createInternalCaller } from "./trpc.ts";

const sys = await createTestSystem();
const owner = await createUser(sys);
const stranger = await createUser(sys);
const newId = () => sys.random.uuid();

const [instanceId, configId] = [newId(), newId()];
await createInstance(sys, owner, { id: instanceId, name: "Ada", model: "openai/gpt-5-mini", channels: [] });
await saveConfig(sys, owner, { id: configId, revision: 1, wrappedKey: "AAAA", envelope: "AAAA" });
const theirs: Subject = { instanceId, configId };
const nobodys = (): Subject => ({ instanceId: newId(), configId: newId() });

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
const asStranger = createAppCaller(appRouter)({ ...answers, sys, actor: stranger });

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

describe("I1: another tenant", () => {
  const naming = entries("app").filter(([, { input }]) => input);

  test.each(naming)("%s answers for another's as for what is not there", async (path, access) => {
    const foreign = await refusedWithoutTrace(asStranger, path, inputFor(access, theirs));
    const unknown = await refusedWithoutTrace(asStranger, path, inputFor(access, nobodys()));
    expect(foreign).not.toBeNull();
    expect(foreign).toBe(unknown);
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
    actor: { kind: "anonymous", ip: owner.ip },
  });
  expect(await refusalOf(plain, "overview", {})).toBe("auth.required");
  const asOperator = createAdminCaller(adminRouter)({ ...answers, sys, actor: operator });
  expect(await refusalOf(asOperator, "overview", {})).toBeNull();
});
