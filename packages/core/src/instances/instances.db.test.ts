import { describe, expect, test } from "vitest";
import type { OwnerActor } from "../system.ts";
import { createUser } from "../testing/create-user.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { commandInstance } from "./command-instance.ts";
import { createInstance } from "./create-instance.ts";
import { deployInstance } from "./deploy-instance.ts";
import { getInstance } from "./get-instance.ts";
import { listInstances } from "./list-instances.ts";
import { renameInstance } from "./rename-instance.ts";
import { watchInstance, watchInstances } from "./watch-instances.ts";

const sys = await createTestSystem();
const refusal = (code: string) => expect.objectContaining({ code });

async function draft(owner: OwnerActor, name = "Ada") {
  return createInstance(sys, owner, {
    id: sys.random.uuid(),
    name,
    model: "openai/gpt-5-mini",
    channels: [],
  });
}

/** A host with a valid key, a saved configuration, and what a browser would send to deploy it. */
async function deployable(owner: OwnerActor, instanceId: string) {
  const now = sys.clock.now();
  const expiresAt = new Date(now.getTime() + 86_400_000);
  const [hostId, deployKeyId, configId] = [sys.random.uuid(), sys.random.uuid(), sys.random.uuid()];
  await sys.db.host.create({
    data: {
      id: hostId,
      name: hostId,
      identityKey: "x",
      internalUrl: "http://127.0.0.1:1",
      seenAt: now,
      createdAt: now,
    },
  });
  await sys.db.hostDeployKey.create({
    data: { id: deployKeyId, hostId, publicKey: "x", signature: "x", createdAt: now, expiresAt },
  });
  await sys.db.vaultConfig.create({
    data: {
      id: configId,
      userId: owner.userId,
      revision: 1,
      createdAt: now,
      updatedAt: now,
      revisions: {
        create: { revision: 1, wrappedKey: new Uint8Array(8), envelope: new Uint8Array(8), createdAt: now },
      },
    },
  });
  return {
    operationId: sys.random.uuid(),
    instanceId,
    configId,
    revision: 1,
    deployKeyId,
    exp: now.getTime() + 300_000,
    sealed: Buffer.alloc(64, 7).toString("base64"),
  };
}

async function deployed(owner: OwnerActor) {
  const { id } = await draft(owner);
  const input = await deployable(owner, id);
  await deployInstance(sys, owner, input);
  // The worker's part: it opened what was sealed.
  await sys.db.instance.update({ where: { id }, data: { configRevision: 1, status: "running" } });
  await sys.db.operation.updateMany({ where: { instanceId: id }, data: { state: "succeeded" } });
  return { id, input };
}

const jobsOf = async (instanceId: string) => {
  const { hostId } = await sys.db.instance.findUniqueOrThrow({ where: { id: instanceId } });
  return (await sys.boss.findJobs(`converge.${hostId}`)).length;
};

describe("creating", () => {
  test("V1: the same id is the same instance, another's id is none", async () => {
    const owner = await createUser(sys);
    const input = { id: sys.random.uuid(), name: "Ada", model: "openai/gpt-5-mini", channels: [] };
    const [first, again] = [await createInstance(sys, owner, input), await createInstance(sys, owner, input)];
    expect(again).toEqual(first);
    await expect(createInstance(sys, owner, { ...input, name: "Bob" })).rejects.toEqual(
      refusal("instance.id-taken"),
    );
    await expect(createInstance(sys, await createUser(sys), input)).rejects.toEqual(
      refusal("instance.id-taken"),
    );
  });

  test("the limit holds when many are created at once", async () => {
    const owner = await createUser(sys);
    const results = await Promise.allSettled(Array.from({ length: 14 }, (_, n) => draft(owner, `Ada ${n}`)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    expect(await sys.db.instance.count({ where: { ownerId: owner.userId } })).toBe(10);
  });
});

describe("reading", () => {
  test("I1: another's instance, a removed one and an unknown id are one answer, for every operation", async () => {
    const owner = await createUser(sys);
    const stranger = await createUser(sys);
    const { id } = await draft(owner);
    const removed = await draft(stranger);
    await commandInstance(sys, stranger, "remove", {
      instanceId: removed.id,
      operationId: sys.random.uuid(),
    });

    for (const instanceId of [id, removed.id, sys.random.uuid()]) {
      const command = { instanceId, operationId: sys.random.uuid() };
      await expect(getInstance(sys, stranger, { instanceId })).rejects.toEqual(refusal("instance.missing"));
      await expect(renameInstance(sys, stranger, { instanceId, name: "Mine" })).rejects.toEqual(
        refusal("instance.missing"),
      );
      for (const kind of ["start", "stop", "restart", "kill", "remove"] as const) {
        await expect(commandInstance(sys, stranger, kind, command)).rejects.toEqual(
          refusal("instance.missing"),
        );
      }
      const deploy = await deployable(stranger, instanceId);
      await expect(deployInstance(sys, stranger, deploy)).rejects.toEqual(refusal("instance.missing"));
    }
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      name: "Ada",
      status: "draft",
      operation: null,
    });
  });

  test("pages are complete and without repetition, also for instances of one moment", async () => {
    const owner = await createUser(sys);
    for (let n = 0; n < 7; n++) await draft(owner, `Ada ${n}`);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listInstances>> = await listInstances(sys, owner, {
        cursor,
        limit: 3,
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });
});

describe("commands", () => {
  test("two deploys with one id are one, and fifty clicks are one job each at the most", async () => {
    const owner = await createUser(sys);
    const { id } = await draft(owner);
    const input = await deployable(owner, id);
    const results = await Promise.all(Array.from({ length: 50 }, () => deployInstance(sys, owner, input)));
    expect(new Set(results.map(({ operation }) => operation?.id))).toEqual(new Set([input.operationId]));
    expect(await sys.db.operation.count({ where: { instanceId: id } })).toBe(1);
    expect(await jobsOf(id)).toBe(1);
    expect(await sys.db.instance.findUniqueOrThrow({ where: { id } })).toMatchObject({
      generation: 1,
      desired: "running",
    });
  });

  test("an operation id stands for one command only", async () => {
    const owner = await createUser(sys);
    const { id, input } = await deployed(owner);
    const reused = { instanceId: id, operationId: input.operationId };
    await expect(commandInstance(sys, owner, "stop", reused)).rejects.toEqual(refusal("operation.id-taken"));
  });

  test("a newer command supersedes the one under way, and what was sealed for it is gone", async () => {
    const owner = await createUser(sys);
    const { id } = await draft(owner);
    const input = await deployable(owner, id);
    await deployInstance(sys, owner, input);
    const stop = { instanceId: id, operationId: sys.random.uuid() };
    expect(await commandInstance(sys, owner, "stop", stop)).toMatchObject({ status: "stopping" });

    const deploy = await sys.db.operation.findUniqueOrThrow({
      where: { id: input.operationId },
      include: { deployment: true },
    });
    expect(deploy).toMatchObject({ state: "superseded", deployment: { sealed: null } });
  });

  test("R1: every command leaves one audit event, repeated or not", async () => {
    const owner = await createUser(sys);
    const { id } = await deployed(owner);
    const stop = { instanceId: id, operationId: sys.random.uuid() };
    await commandInstance(sys, owner, "stop", stop);
    await commandInstance(sys, owner, "stop", stop);
    const events = await sys.db.auditEvent.findMany({
      where: { userId: owner.userId },
      orderBy: { id: "asc" },
    });
    expect(events.map(({ action }) => action)).toEqual([
      "instance.created",
      "instance.deployed",
      "instance.stopped",
    ]);
  });

  test("a refused command changes nothing", async () => {
    const owner = await createUser(sys);
    const { id } = await draft(owner);
    const command = { instanceId: id, operationId: sys.random.uuid() };
    await expect(commandInstance(sys, owner, "start", command)).rejects.toEqual(
      refusal("instance.not-deployed"),
    );
    expect(await sys.db.operation.count({ where: { instanceId: id } })).toBe(0);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "draft" });
  });
});

describe("deploying", () => {
  test("B6: what is sealed waits ten minutes at the most", async () => {
    const owner = await createUser(sys);
    const { id } = await draft(owner);
    const input = await deployable(owner, id);
    const now = sys.clock.now().getTime();
    for (const exp of [now, now - 1, now + 600_001]) {
      await expect(deployInstance(sys, owner, { ...input, exp })).rejects.toEqual(refusal("deploy.expired"));
    }
  });

  test("a configuration of somebody else can't be deployed", async () => {
    const [owner, stranger] = [await createUser(sys), await createUser(sys)];
    const { id } = await draft(owner);
    const foreign = await deployable(stranger, id);
    await expect(deployInstance(sys, owner, foreign)).rejects.toEqual(refusal("vault.config-missing"));
  });
});

test("B2: who watches sees the state now, and every change after it", async () => {
  const owner = await createUser(sys);
  const { id } = await draft(owner);
  const stop = new AbortController();
  const seen = watchInstance(sys, owner, { instanceId: id }, stop.signal);
  expect((await seen.next()).value).toMatchObject({ name: "Ada" });
  const next = seen.next();
  await renameInstance(sys, owner, { instanceId: id, name: "Grace" });
  expect((await next).value).toMatchObject({ name: "Grace" });
  const last = seen.next();
  stop.abort();
  expect(await last).toEqual({ done: true, value: undefined });
});

test("B2: who watches all assistants again learns what was removed meanwhile, and not what went long ago", async () => {
  const owner = await createUser(sys);
  const [kept, removed, longGone] = [await draft(owner), await draft(owner), await draft(owner)];
  for (const { id } of [removed, longGone])
    await commandInstance(sys, owner, "remove", { operationId: sys.random.uuid(), instanceId: id });
  const updatedAt = new Date(sys.clock.now().getTime() - 25 * 3_600_000);
  await sys.db.instance.update({ where: { id: longGone.id }, data: { updatedAt } });
  const stop = new AbortController();
  const seen = watchInstances(sys, owner, stop.signal);
  expect((await seen.next()).value).toMatchObject({ id: kept.id, status: "draft" });
  expect((await seen.next()).value).toMatchObject({ id: removed.id, status: "removed" });
  const next = seen.next();
  await renameInstance(sys, owner, { instanceId: kept.id, name: "Grace" });
  expect((await next).value).toMatchObject({ id: kept.id, name: "Grace" });
  stop.abort();
});

test("B2: who watches all assistants learns that one is gone", async () => {
  const owner = await createUser(sys);
  const { id } = await draft(owner);
  const stop = new AbortController();
  const seen = watchInstances(sys, owner, stop.signal);
  expect((await seen.next()).value).toMatchObject({ id, status: "draft" });
  const next = seen.next();
  await commandInstance(sys, owner, "remove", { operationId: sys.random.uuid(), instanceId: id });
  expect((await next).value).toMatchObject({ id, status: "removed" });
  stop.abort();
});
