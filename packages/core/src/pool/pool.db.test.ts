import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { restoreBackup } from "../backups/restore-backup.ts";
import { registerHost } from "../hosts/register-host.ts";
import { commandInstance } from "../instances/command-instance.ts";
import { convergeInstance } from "../instances/converge-instance.ts";
import { getInstance } from "../instances/get-instance.ts";
import { createProber } from "../instances/probe-instances.ts";
import { assistantConfiguration } from "../instances/schema.ts";
import type { SealedInstance } from "../provisioner/sealed-instance.ts";
import type { OwnerActor } from "../system.ts";
import { deployTestInstance, draftOf, testConfiguration } from "../testing/deploy-test-instance.ts";
import { startDoomedWorker } from "../testing/doomed-worker.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import type { WorkerSystem } from "../worker.ts";
import { claimMember } from "./claim-member.ts";
import { rehearsal } from "./forget-rehearsals.ts";
import { tendPool } from "./tend-pool.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const { engine, gateway, provider } = host;

/** As the operator sets it. */
const withPool = (worker: WorkerSystem, config: Partial<WorkerSystem["config"]> = {}): WorkerSystem => ({
  ...worker,
  config: { ...worker.config, WARM_POOL_LITE: 1, ...config },
});
const worker = withPool(startTestWorker(sys, host));
await registerHost(worker);

const never = new AbortController().signal;
const plenty = () => 64 * 1024 ** 3;
const probe = createProber(gateway);
const tend = (by: WorkerSystem = worker, freeMemory = plenty) =>
  tendPool(by, { probe, freeMemory, signal: never });
const converge = (id: string, by: WorkerSystem = worker) => convergeInstance(by, id, never);

const free = async () =>
  (await sys.db.poolMember.findMany({ where: { instanceId: null }, orderBy: { createdAt: "asc" } })).map(
    ({ id, state }) => `${state} ${id}`,
  );
/** The one member that is free, and ready. */
async function readyMember(): Promise<string> {
  const all = await free();
  expect(all).toEqual([expect.stringMatching(/^ready /)]);
  return all[0]?.slice("ready ".length) ?? "";
}
const memberOf = async (instanceId: string) =>
  (await sys.db.poolMember.findUnique({ where: { instanceId } }))?.id ?? null;

async function deployed(content: object = testConfiguration): Promise<{ owner: OwnerActor; id: string }> {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id, { content });
  await converge(id);
  return { owner, id };
}
async function remove(owner: OwnerActor, id: string): Promise<void> {
  await commandInstance(sys, owner, "remove", { instanceId: id, operationId: sys.random.uuid() });
  await converge(id);
}
/** Through the member's own gateway, whose device and token it shows. */
async function rehearsed(member: string): Promise<boolean> {
  const { deviceKey } = await sys.db.poolMember.findUniqueOrThrow({ where: { id: member } });
  const { network } = await engine.inspect(member);
  const connection = await gateway.connect({
    url: `ws://${network?.address}:18789`,
    origin: "",
    token: configOf(member).gateway.auth.token,
    deviceKey: host.secrets.openFromDatabase(`PoolMember|deviceKey|${member}`, deviceKey),
  });
  const [question] = await connection.history(rehearsal.sessionKey, 20);
  connection.close();
  return question?.text === rehearsal.text;
}
const configOf = (unit: string) => JSON.parse(engine.file(unit, "openclaw.json")?.content ?? "{}");

/** What a browser sealed, opened. */
const sealed: SealedInstance = {
  version: 1,
  deployId: sys.random.uuid(),
  generation: 1,
  configId: sys.random.uuid(),
  revision: 1,
  configuration: assistantConfiguration.parse(testConfiguration),
  gatewayToken: sys.random.uuid(),
  rotationId: null,
  deviceKey: "the instance's own",
};

beforeEach(() => tend());
afterEach(async () => {
  gateway.hanging.clear();
  const left = await sys.db.instance.findMany({ where: { status: { not: "removed" } } });
  await Promise.all(
    left.map(({ id, ownerId }) => remove({ kind: "user", userId: ownerId } as OwnerActor, id)),
  );
  await tend(withPool(worker, { WARM_POOL_LITE: 0 }));
  expect(await engine.list()).toEqual([]);
});

describe("claim", () => {
  test("B1: a deploy takes the assistant that runs already, and hands it the owner's configuration", async () => {
    const member = await readyMember();
    const { token } = configOf(member).gateway.auth;
    const startedAt = async () => (await engine.inspect(member)).container?.startedAt;
    const [begun, since] = [engine.calls.length, await startedAt()];
    sys.clock.advance(1000);
    const { owner, id } = await deployed();
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
    expect((await engine.list()).map(({ instanceId }) => instanceId)).toEqual([member]);
    expect(await startedAt()).toEqual(since);
    expect(engine.calls.slice(begun)).not.toContainEqual(expect.stringContaining("openclaw-launch-pair"));

    const { gateway: own, channels, models } = configOf(member);
    expect(own.auth.token).not.toBe(token);
    expect(channels.telegram).toMatchObject(testConfiguration.channels.telegram);
    const [key] = await provider.findKeys(`openclaw-launch/${id}`);
    expect(models.providers.openrouter.apiKey).toContain(key?.hash);
    expect(engine.file(member, "workspace/SOUL.md")?.content).toContain("Precise.");
  });

  test("B1: of twenty deploys that ask for one member at once, one gets it, the others start their own", async () => {
    const member = await readyMember();
    const drafts = await Promise.all(Array.from({ length: 20 }, () => draftOf(sys)));
    const asked = await Promise.all(
      drafts.map(async ({ id }) => {
        const instance = await sys.db.instance.findUniqueOrThrow({ where: { id } });
        return { id, given: await claimMember(worker, { instance, operation: null }, sealed) };
      }),
    );
    const winners = asked.filter(({ given }) => given.deviceKey !== sealed.deviceKey).map(({ id }) => id);
    expect(winners).toHaveLength(1);
    expect(await memberOf(winners[0] ?? "")).toBe(member);

    const [winner, loser] = [true, false].map((won) => drafts.find(({ id }) => winners.includes(id) === won));
    if (!winner || !loser) throw new Error("nobody won, or nobody lost");
    for (const { owner, id } of [winner, loser]) {
      await deployTestInstance(sys, worker, owner, id);
      await converge(id);
    }
    const units = (await engine.list()).map(({ instanceId }) => instanceId);
    expect(units.sort()).toEqual([member, loser.id].sort());
    const tokens = units.map((unit) => configOf(unit).gateway.auth.token);
    expect(new Set(tokens).size).toBe(2);
  });

  test("a worker killed at any step of a claim: the next one ends with one healthy container, and nothing beside it", async () => {
    const outcomes: string[] = [];
    for (let deadline = 0, outcome = "died"; outcome === "died"; deadline++) {
      await tend();
      const member = await readyMember();
      const { owner, id } = await draftOf(sys);
      await deployTestInstance(sys, worker, owner, id);
      const { doomed, death } = startDoomedWorker(sys, host, { deadline, when: "after" });
      outcome = await Promise.race([
        converge(id, withPool(doomed)).then(() => "lived"),
        death.then(() => "died"),
      ]);
      await converge(id);
      const { status } = await getInstance(sys, owner, { instanceId: id });
      const units = (await engine.list()).map(({ instanceId, container }) => {
        const name = instanceId === member ? "member" : "another";
        return `${name} ${container?.state}`;
      });
      outcomes.push([status, ...units].join(", "));
      await remove(owner, id);
      expect(await engine.list()).toEqual([]);
    }
    expect(outcomes.length).toBeGreaterThan(12);
    expect(new Set(outcomes)).toEqual(new Set(["running, member running"]));
  }, 120_000);

  test.each([
    ["has Discord", { channels: { discord: { token: `${"M".repeat(24)}.abcdef.${"x".repeat(38)}` } } }],
    ["wants another model", { model: "google/gemini-2.5-flash" }],
  ])("a deploy that %s starts its own, and leaves the member to others", async (_, change) => {
    const member = await readyMember();
    const { id } = await deployed({ ...testConfiguration, ...change });
    expect(await memberOf(id)).toBeNull();
    expect((await engine.inspect(id)).container?.state).toBe("running");
    expect(await readyMember()).toBe(member);
  });

  test("a second deploy, a stop and a start find the instance where it is", async () => {
    const member = await readyMember();
    const { owner, id } = await deployed();
    await deployTestInstance(sys, worker, owner, id);
    await converge(id);
    for (const kind of ["stop", "start", "restart"] as const) {
      await commandInstance(sys, owner, kind, { instanceId: id, operationId: sys.random.uuid() });
      await converge(id);
    }
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
    expect((await engine.list()).map(({ instanceId }) => instanceId)).toEqual([member]);
    expect(await worker.engine.list()).toMatchObject([{ instanceId: id, container: { generation: 2 } }]);
  });

  test("an upgrade and a restore find it too", async () => {
    const member = await readyMember();
    const { owner, id } = await deployed();
    const image = { reference: "newer-image", version: "2026.10.1" };
    engine.images.set(image.reference, image.version);
    const newer = startTestWorker(sys, host, { image });
    await registerHost(newer);
    await commandInstance(sys, owner, "upgrade", { instanceId: id, operationId: sys.random.uuid() });
    await converge(id, newer);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ version: image.version });
    const { id: backupId } = await sys.db.instanceBackup.findFirstOrThrow({ where: { instanceId: id } });
    await restoreBackup(sys, owner, { instanceId: id, operationId: sys.random.uuid(), backupId });
    await converge(id, newer);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "running",
      operation: { kind: "restore", state: "succeeded" },
    });
    expect((await engine.list()).map(({ instanceId }) => instanceId)).toEqual([member]);
    await registerHost(worker);
  });

  test("I1: its owner reads nothing that it said before it was theirs", async () => {
    engine.print(await readyMember(), "authentication failed, HTTP 401");
    sys.clock.advance(1000);
    const { id } = await deployed();
    engine.print((await memberOf(id)) ?? "", "hello");
    for (const since of [undefined, new Date(0)]) {
      const options = { tail: 100, signal: never, ...(since && { since }) };
      for await (const { text } of worker.engine.logs(id, options)) {
        expect(text).toBe("hello");
        break;
      }
    }
  });
});

describe("members", () => {
  test("hold nothing of anybody: no channel, no key that the provider knows, no conversation", async () => {
    const member = await readyMember();
    const { channels, models } = configOf(member);
    expect(channels).toEqual({});
    const { apiKey } = models.providers.openrouter;
    expect(apiKey).toMatch(/^sk-or-v1-0+$/);
    expect(await rehearsed(member)).toBe(true);
    const forgotten = engine.calls.filter((call) => call.startsWith(`exec ${member} env`));
    expect(forgotten).toEqual([expect.stringContaining(rehearsal.sessionKey)]);
  });

  test("that can't forget their rehearsal are thrown away", async () => {
    engine.exit(await readyMember(), 1);
    engine.execAnswer = { exitCode: 1, output: "database is locked" };
    await expect(tend()).rejects.toThrow("database is locked");
    const [held] = await sys.db.poolMember.findMany({ where: { state: "warming" } });
    const { id } = await deployed();
    expect(await memberOf(id)).toBeNull();
    engine.execAnswer = { exitCode: 0, output: "" };
    await tend();
    expect(await readyMember()).not.toBe(held?.id);
    expect((await engine.list()).map(({ instanceId }) => instanceId)).not.toContain(held?.id);
  });

  test("share no token and no device, and the database can read neither", async () => {
    await tend(withPool(worker, { WARM_POOL_LITE: 2 }));
    const members = await sys.db.poolMember.findMany({ where: { state: "ready" } });
    expect(members).toHaveLength(2);
    const tokens = members.map(({ id }) => configOf(id).gateway.auth.token);
    expect(new Set(tokens).size).toBe(2);
    const deviceKeys = members.map(({ id, deviceKey }) =>
      host.secrets.openFromDatabase(`PoolMember|deviceKey|${id}`, deviceKey),
    );
    expect(new Set(deviceKeys).size).toBe(2);
    const rows = members.map(({ deviceKey }) => Buffer.from(deviceKey).toString("latin1")).join();
    for (const secret of deviceKeys) expect(rows).not.toContain(secret);
  });
});

describe("the pool", () => {
  test("is refilled after a claim, one at a time and up to what is wanted", async () => {
    await readyMember();
    await deployed();
    expect(await free()).toEqual([]);
    const wants = withPool(worker, { WARM_POOL_LITE: 2 });
    for (const expected of [1, 2, 2]) {
      await tend(wants);
      expect(await free()).toHaveLength(expected);
    }
  });

  test("is not refilled while somebody waits for a deploy, nor where memory is short", async () => {
    await deployed();
    await tend(worker, () => 1024 ** 3);
    expect(await free()).toEqual([]);
    const { owner, id } = await draftOf(sys);
    await deployTestInstance(sys, worker, owner, id);
    await tend();
    expect(await free()).toEqual([]);
  });

  test("R5: is taken down while everybody's assistants are switched off", async () => {
    const thrown = { id: sys.random.uuid(), reason: "Trouble", engagedById: sys.random.uuid() };
    await sys.db.killSwitch.create({ data: { ...thrown, engagedAt: sys.clock.now() } });
    await tend();
    expect(await free()).toEqual([]);
    expect(await engine.list()).toEqual([]);
    await sys.db.killSwitch.update({ where: { id: thrown.id }, data: { releasedAt: sys.clock.now() } });
  });

  const ends: [string, (member: string) => void | Promise<void>, WorkerSystem][] = [
    ["ended", (member) => engine.exit(member, 137), worker],
    ["got too old", () => sys.clock.advance(13 * 3_600_000), worker],
    [
      "came from another image",
      () => undefined,
      { ...worker, image: { reference: "next-image", version: "2026.9.7" } },
    ],
    [
      "does not answer any more",
      async (member) => {
        const { network } = await engine.inspect(member);
        gateway.hanging.add(`http://${network?.address}:18789`);
        for (let misses = 1; misses < 4; misses++) await tend();
        expect(await readyMember()).toBe(member);
      },
      worker,
    ],
  ];
  test.each(ends)("replaces a member that %s", async (_, happen, by) => {
    const member = await readyMember();
    await happen(member);
    await tend(by);
    expect(await readyMember()).not.toBe(member);
    expect((await engine.list()).map(({ instanceId }) => instanceId)).not.toContain(member);
  });

  test("a worker killed at any step of a warm-up or a retirement leaves nothing that the next one doesn't tidy up", async () => {
    let steps = 0;
    for (let outcome = "died"; outcome === "died"; steps++) {
      for (const { id } of await sys.db.poolMember.findMany({ where: { state: "ready" } }))
        engine.exit(id, 1);
      const { doomed, death } = startDoomedWorker(sys, host, { deadline: steps, when: "after" });
      outcome = await Promise.race([tend(withPool(doomed)).then(() => "lived"), death.then(() => "died")]);
      await tend();
      const member = await readyMember();
      expect((await engine.list()).map(({ instanceId }) => instanceId)).toEqual([member]);
    }
    expect(steps).toBeGreaterThan(8);
  });
});
