import { createHash } from "node:crypto";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { registerHost } from "../hosts/register-host.ts";
import { rotateDeployKeys } from "../hosts/rotate-deploy-keys.ts";
import { GatewayRefused, ProviderRefused, TransientFailure } from "../ports.ts";
import { readSealedInstance } from "../provisioner/sealed-instance.ts";
import type { OwnerActor } from "../system.ts";
import {
  type DeployChanges,
  deployTestInstance,
  draftOf,
  testConfiguration,
} from "../testing/deploy-test-instance.ts";
import { startDoomedWorker } from "../testing/doomed-worker.ts";
import { newSigner } from "../testing/seal-test-deployment.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import type { WorkerSystem } from "../worker.ts";
import { awaitFirstAnswer } from "./await-first-answer.ts";
import { commandInstance } from "./command-instance.ts";
import { convergeInstance } from "./converge-instance.ts";
import { deployInstance } from "./deploy-instance.ts";
import { expireDeployments } from "./expire-deployments.ts";
import { getInstance } from "./get-instance.ts";
import { fail, succeed } from "./track-progress.ts";

const dayMs = 86_400_000;
const sys = await createTestSystem();
const host = await createTestHost(sys);
const { engine, gateway, provider, secrets } = host;
const worker = startTestWorker(sys, host);

const ownerWithDraft = () => draftOf(sys);
const deploy = (owner: OwnerActor, id: string, changes: DeployChanges = {}) =>
  deployTestInstance(sys, worker, owner, id, changes);

const converge = (id: string, by: WorkerSystem = worker) =>
  convergeInstance(by, id, new AbortController().signal);
const command = (owner: OwnerActor, id: string, kind: "start" | "stop" | "restart" | "kill" | "remove") =>
  commandInstance(sys, owner, kind, { instanceId: id, operationId: sys.random.uuid() });

async function running() {
  const { owner, id } = await ownerWithDraft();
  await deploy(owner, id);
  await converge(id);
  return { owner, id };
}

const rotate = (owner: OwnerActor, id: string, revokesDevices = false) =>
  commandInstance(
    sys,
    owner,
    "rotate",
    { instanceId: id, operationId: sys.random.uuid() },
    { revokesDevices },
  );

/** The gateway token, which is the same wherever it is kept. */
async function tokenOf(id: string): Promise<string> {
  const { network } = await engine.inspect(id);
  const token = gateway.tokenOf(`ws://${network?.address}:18789`);
  expect((await readSealedInstance(secrets, id))?.gatewayToken).toBe(token);
  const { gatewayTokenHash } = await sys.db.instance.findUniqueOrThrow({ where: { id } });
  expect(gatewayTokenHash).toBe(createHash("sha256").update(token).digest("hex"));
  return token;
}

describe("deploy", () => {
  test("B1: is done when the assistant has answered, and shows every phase on the way", async () => {
    const { owner, id } = await running();
    const view = await getInstance(sys, owner, { instanceId: id });
    expect(view).toMatchObject({
      status: "running",
      reason: null,
      channels: ["telegram"],
      configRevision: 1,
    });
    expect(view.operation).toMatchObject({ kind: "deploy", state: "succeeded", error: null });
    expect(view.operation?.phases.map(({ name }) => name).sort()).toEqual(
      [
        "open-configuration",
        "provide-model-key",
        "create-container",
        "start-container",
        "wait-live",
        "wait-ready",
        "first-answer",
      ].sort(),
    );
    expect(view.operation?.phases.every(({ finishedAt }) => finishedAt !== null)).toBe(true);
    expect(engine.calls).toContain(`start ${id}`);
  });

  test("B6: what was sealed is gone with the result, and the secret inside is in no row and no log line", async () => {
    const { owner, id } = await running();
    const rows = await sys.db.instance.findUniqueOrThrow({
      where: { id },
      include: {
        operations: { include: { deployment: true, phases: true } },
        owner: { include: { configs: true } },
      },
    });
    expect(rows.operations[0]?.deployment?.sealed).toBeNull();
    const events = await sys.db.auditEvent.findMany({
      where: { userId: owner.userId },
      select: { details: true },
    });
    const text = JSON.stringify([rows, events]);
    expect(text).not.toContain(testConfiguration.channels.telegram.botToken);
    expect(sys.logged.join("")).not.toContain(testConfiguration.channels.telegram.botToken);
    expect(engine.file(id, "openclaw.json")?.content).toContain(testConfiguration.channels.telegram.botToken);
    expect(engine.file(id, "openclaw.json")?.mode).toBe(0o600);
  });

  test("E3: the model key has a monthly limit and lies encrypted in the database", async () => {
    const { id } = await running();
    const { providerKey, providerKeyHash } = await sys.db.instance.findUniqueOrThrow({ where: { id } });
    const [key] = await provider.findKeys(`openclaw-launch/${id}`);
    expect(key).toMatchObject({ hash: providerKeyHash, limit: 1 });
    const secret = `sk-or-v1-${key?.hash}`;
    expect(engine.file(id, "openclaw.json")?.content).toContain(secret);
    expect(Buffer.from(providerKey ?? []).toString("latin1")).not.toContain(secret);
  });

  test("A4: every instance has a gateway token of its own, of which the database knows the hash", async () => {
    const [first, second] = [await running(), await running()];
    const tokens = [first, second].map(
      ({ id }) => JSON.parse(engine.file(id, "openclaw.json")?.content ?? "{}").gateway.auth.token,
    );
    expect(new Set(tokens).size).toBe(2);
    const { gatewayTokenHash } = await sys.db.instance.findUniqueOrThrow({ where: { id: first.id } });
    expect(gatewayTokenHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("a connection that breaks off while nobody waits for an answer ends no worker", async () => {
    const { id } = await running();
    gateway.breaksOff = true;
    try {
      // The answer stands in the history already: the listener, which began first, fails unheard.
      const answered = awaitFirstAnswer(
        worker,
        id,
        sys.random.uuid(),
        sys.clock.now(),
        new AbortController().signal,
      );
      await expect(answered).resolves.toBeUndefined();
    } finally {
      gateway.breaksOff = false;
    }
  });

  test("B1: a connection that breaks off before the answer is opened again", async () => {
    const { owner, id } = await ownerWithDraft();
    await deploy(owner, id);
    gateway.breaksOff = true;
    const converging = converge(id);
    const opened = () => gateway.received > 0;
    await expect.poll(opened).toBe(true);
    gateway.breaksOff = false;
    await expect
      .poll(() => {
        sys.clock.advance(1000);
        return Promise.race([converging, Promise.resolve("waiting")]);
      })
      .toBe(null);
    expect((await getInstance(sys, owner, { instanceId: id })).status).toBe("running");
  });

  test("B1: a provider that fails once while it makes the key fails no deploy, and leaves one key", async () => {
    const { owner, id } = await ownerWithDraft();
    await deploy(owner, id);
    const { createKey } = provider;
    let tries = 0;
    const failing = startTestWorker(sys, host, {
      provider: {
        findKeys: (name) => provider.findKeys(name),
        deleteKey: (hash) => provider.deleteKey(hash),
        updateKey: (hash, change) => provider.updateKey(hash, change),
        createKey: async (wanted) => {
          const made = await createKey.call(provider, wanted);
          if (tries++ === 0) throw new ProviderRefused("unreachable", "POST /keys: 500");
          return made;
        },
      },
    });
    await converge(id, failing);
    expect((await getInstance(sys, owner, { instanceId: id })).status).toBe("running");
    expect(tries).toBe(2);
    expect(await provider.findKeys(`openclaw-launch/${id}`)).toHaveLength(1);
  });

  test("a second deploy replaces the container and keeps gateway token, device and model key", async () => {
    const { owner, id } = await running();
    const before = await sys.db.instance.findUniqueOrThrow({ where: { id } });
    await deploy(owner, id, { content: { ...testConfiguration, channels: {} } });
    await converge(id);
    const after = await sys.db.instance.findUniqueOrThrow({ where: { id } });
    expect(after).toMatchObject({ status: "running", generation: 2, channels: [] });
    expect([after.gatewayTokenHash, after.providerKeyHash]).toEqual([
      before.gatewayTokenHash,
      before.providerKeyHash,
    ]);
    expect((await engine.inspect(id)).container?.generation).toBe(2);
    expect(await provider.findKeys(`openclaw-launch/${id}`)).toHaveLength(1);
  });

  test.each([
    ["was signed by another key than the first one", { by: newSigner() }, "deploy.untrusted-signature"],
    [
      "holds no valid configuration",
      { content: { ...testConfiguration, version: 2 } },
      "deploy.invalid-configuration",
    ],
  ])("B6: fails when it %s, says so, and leaves alone what runs", async (_, changes, error) => {
    const { owner, id } = await running();
    const begun = engine.calls.length;
    await deploy(owner, id, changes);
    await converge(id);
    const view = await getInstance(sys, owner, { instanceId: id });
    expect(view).toMatchObject({
      status: "running",
      configRevision: 1,
      operation: { kind: "deploy", state: "failed", error },
    });
    expect(engine.calls.slice(begun).filter((call) => /^(stop|start|apply) /.test(call))).toEqual([]);
    await command(owner, id, "stop");
    await converge(id);
    await deploy(owner, id, changes);
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "failed",
      reason: error,
    });
    const { sealed } = await sys.db.deployment.findUniqueOrThrow({
      where: { operationId: view.operation?.id ?? "" },
    });
    expect(sealed).toBeNull();
  });

  test("B6: a host that starts too late refuses, and nothing sealed outlives its end", async () => {
    const { owner, id } = await ownerWithDraft();
    const { operationId } = await deploy(owner, id);
    sys.clock.advance(300_001);
    await expireDeployments(sys);
    expect((await sys.db.deployment.findUniqueOrThrow({ where: { operationId } })).sealed).toBeNull();
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "failed",
      reason: "deploy.expired",
    });
  });

  test("B6: what was signed for a time in two days is refused: a browser has its time from web", async () => {
    const { owner, id } = await ownerWithDraft();
    sys.clock.advance(2 * dayMs);
    await deploy(owner, id);
    sys.clock.advance(-2 * dayMs);
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "failed",
      reason: "deploy.expired",
    });
  });

  test("B6: an earlier revision than the one that runs is refused, a repeated or later one is not", async () => {
    const { owner, id } = await ownerWithDraft();
    const configId = sys.random.uuid();
    const outcomeOf = async (revision: number) => {
      await deploy(owner, id, { configId, revision });
      await converge(id);
      const { configRevision, operation } = await getInstance(sys, owner, { instanceId: id });
      return [configRevision, operation?.error];
    };
    expect(await outcomeOf(2)).toEqual([2, null]);
    expect(await outcomeOf(2)).toEqual([2, null]);
    expect(await outcomeOf(1)).toEqual([2, "deploy.expired"]);
    expect(await outcomeOf(3)).toEqual([3, null]);
  });

  test("a container that dies before it is well ends the deploy at once with the reason", async () => {
    const { owner, id } = await ownerWithDraft();
    await deploy(owner, id);
    gateway.healthy = false;
    const converging = converge(id);
    await expect.poll(async () => (await engine.inspect(id)).container?.state).toBe("running");
    engine.exhaustMemory(id);
    await expect
      .poll(async () => {
        sys.clock.advance(1000);
        return (await getInstance(sys, owner, { instanceId: id })).reason;
      })
      .toBe("instance.out-of-memory");
    await converging;
    gateway.healthy = true;
  });
});

describe("a host whose disk is full", () => {
  const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });

  test("R2: a deploy whose sealed file can't be written goes on once there is room, without its owner", async () => {
    const { owner, id } = await ownerWithDraft();
    await deploy(owner, id);
    const crowded = startTestWorker(sys, host, {
      secrets: { ...secrets, writeInstance: () => Promise.reject(full) },
    });
    await expect(converge(id, crowded)).rejects.toThrow("no space left on device");
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "starting",
      operation: { state: "running", error: null },
    });
    expect((await engine.inspect(id)).container).toBeNull();
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
  });

  test("R2: an engine that can't make the container fails the deploy with a reason, and the next one works", async () => {
    const { owner, id } = await ownerWithDraft();
    await deploy(owner, id);
    engine.failAt("apply", 1, full);
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "failed",
      operation: { state: "failed", error: "deploy.engine-failed" },
    });
    await deploy(owner, id);
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
  });

  test("R2: an instance that ran before is tried again instead of given up", async () => {
    const { owner, id } = await running();
    engine.exit(id, 1);
    await converge(id);
    engine.exit(id, 1);
    await converge(id);
    engine.failAt("start", 1, full);
    sys.clock.advance(60_000);
    await expect(converge(id)).rejects.toMatchObject({ code: "deploy.engine-failed" });
    expect((await getInstance(sys, owner, { instanceId: id })).status).not.toBe("failed");
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
  });
});

describe("an engine that died while it started a container", () => {
  test("B5: the container that it spoilt gives way to another, in a deploy and after it", async () => {
    const { owner, id } = await ownerWithDraft();
    await deploy(owner, id);
    const spoil = () => engine.failAt("start", 1, new TransientFailure("half started"));
    spoil();
    await expect(converge(id)).rejects.toThrow(TransientFailure);
    expect((await getInstance(sys, owner, { instanceId: id })).operation?.state).toBe("running");
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });

    await command(owner, id, "restart");
    spoil();
    await expect(converge(id)).rejects.toThrow(TransientFailure);
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "running",
      operation: { kind: "restart", state: "succeeded" },
    });
  });
});

describe("a database that is away for a moment", () => {
  test("R2: whenever the engine's work needs it, the deploy goes on afterwards", async () => {
    const { findUnique } = sys.db.poolMember;
    let looks = 0;
    for (let fatal = 0; fatal < 100; fatal++) {
      const { owner, id } = await ownerWithDraft();
      await deploy(owner, id);
      looks = 0;
      const away = vi
        .spyOn(sys.db.poolMember, "findUnique")
        .mockImplementation(((args: never) =>
          looks++ === fatal
            ? Promise.reject(new Error("Connection terminated unexpectedly"))
            : findUnique(args)) as unknown as typeof findUnique);
      const failed = await converge(id).then(
        () => false,
        () => true,
      );
      away.mockRestore();
      if (looks <= fatal) break;
      if (failed) await converge(id);
      expect((await getInstance(sys, owner, { instanceId: id })).status, `look ${fatal}`).toBe("running");
    }
    expect(looks).toBeGreaterThan(3);
  });
});

describe("another host", () => {
  test("what is sealed to it is not for an instance that is here", async () => {
    const other = await createTestHost(sys);
    const away = startTestWorker(sys, other);
    away.config.HOST_NAME = "another-host";
    await registerHost(away);
    await rotateDeployKeys(away);
    const { hostId } = other.secrets;
    const key = await sys.db.hostDeployKey.findFirstOrThrow({ where: { hostId } });
    await sys.db.host.update({ where: { id: hostId }, data: { seenAt: new Date(0) } });

    const { owner, id } = await ownerWithDraft();
    const input = await deploy(owner, id);
    await converge(id);
    const astray = { ...input, operationId: sys.random.uuid(), deployKeyId: key.id };
    await expect(deployInstance(sys, owner, astray)).rejects.toMatchObject({ code: "deploy.no-host" });
    const unknown = { ...astray, deployKeyId: sys.random.uuid() };
    await expect(deployInstance(sys, owner, unknown)).rejects.toMatchObject({ code: "deploy.expired" });
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
    expect(await converge(id, away)).toBeNull();
    expect(other.engine.calls).toEqual([]);
  });
});

describe("conversation", () => {
  test("B1: a model that refuses to answer ends the deploy at once", async () => {
    const { owner, id } = await ownerWithDraft();
    gateway.failure = "insufficient credits";
    await deploy(owner, id);
    await converge(id);
    gateway.failure = null;
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "failed",
      operation: { state: "failed", error: "deploy.no-answer" },
    });
  });

  test("B1: an assistant that can't approve the platform's device ends the deploy, and the log says why", async () => {
    const { owner, id } = await ownerWithDraft();
    engine.execAnswer = { exitCode: 127, output: "openclaw-launch-pair: not found" };
    await deploy(owner, id);
    await converge(id);
    engine.execAnswer = { exitCode: 0, output: "" };
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "failed",
      operation: { state: "failed", error: "deploy.no-answer" },
    });
    expect(sys.logged.join("")).toContain("openclaw-launch-pair: not found");
  });

  test("B1: a deploy anew asks anew, and what an earlier one was answered makes it no success", async () => {
    const { owner, id } = await running();
    sys.clock.advance(1);
    const before = gateway.received;
    gateway.failure = "no such model";
    await deploy(owner, id);
    await converge(id);
    gateway.failure = null;
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "failed",
      operation: { kind: "deploy", state: "failed", error: "deploy.no-answer" },
    });
    expect(gateway.received).toBe(before + 1);
  });

  test("S1: a deploy anew of an assistant whose allowance is used up leaves it running, for it says so", async () => {
    const { owner, id } = await running();
    gateway.failure = "insufficient credits";
    for (let time = 1; time <= 2; time++) {
      sys.clock.advance(1);
      await deploy(owner, id);
      await converge(id);
      expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
        status: "running",
        operation: { kind: "deploy", state: "succeeded" },
      });
    }
    gateway.failure = null;
  });

  test("B1: an answer that came while nobody listened counts for whoever goes on with the deploy", async () => {
    const { owner, id } = await ownerWithDraft();
    await deploy(owner, id);
    const before = gateway.received;
    const stop = new AbortController();
    gateway.breaksOff = true;
    const stopped = convergeInstance(worker, id, stop.signal);
    await expect.poll(() => gateway.received, { timeout: 10_000 }).toBe(before + 1);
    stop.abort(new Error("the worker stops"));
    gateway.breaksOff = false;
    await stopped;
    sys.clock.advance(1000);
    await converge(id);
    expect((await getInstance(sys, owner, { instanceId: id })).status).toBe("running");
    expect(gateway.received).toBe(before + 1);
  });

  test("everybody who talks to an instance shares one connection, also the next one", async () => {
    const { id } = await running();
    const open = () => worker.chats.open(id);
    const [first, second] = await Promise.all([open(), open()]);
    expect(second).toBe(first);
    expect(await open()).toBe(first);
    first?.close();
    const [third, fourth] = await Promise.all([open(), open()]);
    expect(third).not.toBe(first);
    expect(fourth).toBe(third);
  });

  test("one that doesn't run, and one that isn't there, can't be talked to", async () => {
    const { id } = await running();
    worker.chats.close(id);
    engine.exit(id, 0);
    await expect(worker.chats.open(id)).rejects.toMatchObject({ code: "instance.not-running" });
    const nobody = worker.chats.open(sys.random.uuid());
    await expect(nobody).rejects.toMatchObject({ code: "instance.missing" });
  });
});

describe("killed worker", () => {
  test("B5: at every step of a deploy, before or after it, the next worker ends with one healthy container", async () => {
    const outcomes: string[] = [];
    for (const when of ["before", "after"] as const) {
      for (let deadline = 0; ; deadline++) {
        const { owner, id } = await ownerWithDraft();
        await deploy(owner, id);
        const { doomed, death } = startDoomedWorker(sys, host, { deadline, when });
        const outcome = await Promise.race([
          converge(id, doomed).then(() => "lived"),
          death.then(() => "died"),
        ]);
        if (outcome === "lived") break;

        await converge(id);
        const view = await getInstance(sys, owner, { instanceId: id });
        const observed = await engine.inspect(id);
        const keys = await provider.findKeys(`openclaw-launch/${id}`);
        outcomes.push(`${view.status} ${view.operation?.state} ${observed.container?.state} ${keys.length}`);
        await command(owner, id, "remove");
        await converge(id);
        expect(await engine.inspect(id)).toEqual({
          instanceId: id,
          container: null,
          network: null,
          volume: false,
        });
      }
    }
    expect(outcomes.length).toBeGreaterThan(12);
    expect(new Set(outcomes)).toEqual(new Set(["running succeeded running 1"]));
  });

  test("A9: at every step of a rotation the next worker ends with the one new token, everywhere", async () => {
    let steps = 0;
    for (const when of ["before", "after"] as const) {
      for (let deadline = 0; ; deadline++) {
        const { owner, id } = await running();
        const old = await tokenOf(id);
        await rotate(owner, id);
        const { doomed, death } = startDoomedWorker(sys, host, { deadline, when });
        const outcome = await Promise.race([
          converge(id, doomed).then(() => "lived"),
          death.then(() => "died"),
        ]);
        if (outcome === "lived") break;
        steps++;

        const begun = (await readSealedInstance(secrets, id))?.gatewayToken;
        await converge(id);
        const token = await tokenOf(id);
        expect(token).not.toBe(old);
        if (begun !== old) expect(token, "made twice").toBe(begun);
        expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
          status: "running",
          operation: { kind: "rotate", state: "succeeded" },
        });
      }
    }
    expect(steps).toBeGreaterThan(8);
  });
});

describe("commands", () => {
  test("stop and start again, without the owner's browser", async () => {
    const { owner, id } = await running();
    await command(owner, id, "stop");
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "stopped",
      operation: { state: "succeeded" },
    });
    expect((await engine.inspect(id)).container?.state).toBe("exited");
    await command(owner, id, "start");
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
    expect((await engine.inspect(id)).container?.state).toBe("running");
  });

  test("restart stops once and starts once", async () => {
    const { owner, id } = await running();
    const before = engine.calls.length;
    await command(owner, id, "restart");
    await converge(id);
    const calls = engine.calls.slice(before).filter((call) => /^(stop|start) /.test(call));
    expect(calls).toEqual([`stop ${id}`, `start ${id}`]);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
  });

  test("a host that lost what was sealed for an instance says so, and a new deploy brings it back", async () => {
    const { owner, id } = await running();
    await command(owner, id, "stop");
    await converge(id);
    await secrets.removeInstance(id);
    await command(owner, id, "start");
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "failed",
      operation: { state: "failed", error: "deploy.key-missing" },
    });
    await deploy(owner, id);
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
  });

  test("D4: removing leaves no container, network, volume, sealed file or model key", async () => {
    const { owner, id } = await running();
    await sys.db.refusedConnection.create({
      data: { instanceId: id, target: "elsewhere.test:443", count: 1, lastAt: sys.clock.now() },
    });
    await command(owner, id, "remove");
    await converge(id);
    expect(await sys.db.refusedConnection.count({ where: { instanceId: id } })).toBe(0);
    expect(await engine.inspect(id)).toEqual({
      instanceId: id,
      container: null,
      network: null,
      volume: false,
    });
    expect(await secrets.readInstance(id)).toBeNull();
    expect(await provider.findKeys(`openclaw-launch/${id}`)).toEqual([]);
    await expect(getInstance(sys, owner, { instanceId: id })).rejects.toMatchObject({
      code: "instance.missing",
    });
    const row = await sys.db.instance.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ name: "", providerKey: null, gatewayTokenHash: null, configId: null });
  });

  test("R2: a container that died by itself is started again", async () => {
    const { owner, id } = await running();
    engine.exit(id, 1);
    await converge(id);
    expect((await engine.inspect(id)).container?.state).toBe("running");
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "running",
      reason: null,
    });
  });

  test("converging what is as it should be touches nothing", async () => {
    const { id } = await running();
    const before = engine.calls.length;
    await converge(id);
    expect(engine.calls.slice(before)).toEqual([`inspect ${id}`]);
  });
});

test("B5: what an older command ends with says nothing of the instance once a newer one was given", async () => {
  const { owner, id } = await running();
  const instance = await sys.db.instance.findUniqueOrThrow({ where: { id } });
  const operation = await sys.db.operation.findFirstOrThrow({ where: { instanceId: id } });
  await command(owner, id, "stop");
  await succeed(worker, { instance, operation }, "running");
  await fail(worker, { instance, operation: null }, "instance.crashed");
  expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
    status: "stopping",
    operation: { kind: "stop", state: "queued" },
  });
});

describe("rotation", () => {
  test("A9: gives a running instance another token without a restart; the old one opens nothing any more", async () => {
    const { owner, id } = await running();
    const old = await tokenOf(id);
    const connection = await worker.chats.open(id);
    const calls = engine.calls.length;
    await rotate(owner, id);
    await converge(id);

    expect(await tokenOf(id)).not.toBe(old);
    expect(connection.closed).toBe(true);
    expect((await worker.chats.open(id)).closed).toBe(false);
    expect(engine.calls.slice(calls).filter((call) => /^(start|stop|apply) /.test(call))).toEqual([]);
    const { operation, status } = await getInstance(sys, owner, { instanceId: id });
    expect(status).toBe("running");
    expect(operation).toMatchObject({ kind: "rotate", state: "succeeded" });
    const phases = operation?.phases.map(({ name }) => name); // of one moment, since the clock stands still
    expect(phases?.sort()).toEqual(["apply-token", "make-token"]);
  });

  test("A9: later deploys, restarts and starts keep the new token", async () => {
    const { owner, id } = await running();
    await rotate(owner, id);
    await converge(id);
    const token = await tokenOf(id);
    await deploy(owner, id);
    await converge(id);
    expect(await tokenOf(id)).toBe(token);
    for (const kind of ["restart", "stop", "start"] as const) {
      await command(owner, id, kind);
      await converge(id);
    }
    expect(await tokenOf(id)).toBe(token);
  });

  test("A9: one that a newer command took over from is made up for at the next start", async () => {
    const { owner, id } = await running();
    const old = await tokenOf(id);
    await rotate(owner, id);
    await command(owner, id, "kill");
    await converge(id);
    await command(owner, id, "start");
    await converge(id);
    expect(await tokenOf(id)).not.toBe(old);
  });

  test("A9: a gateway that doesn't take the new token in time is restarted", async () => {
    const { owner, id } = await running();
    const { tokenOf: read } = gateway;
    const old = await tokenOf(id);
    const begun = engine.calls.length;
    const stopped = () => engine.calls.slice(begun).includes(`stop ${id}`);
    gateway.tokenOf = (url) => (stopped() ? read(url) : old);
    try {
      await rotate(owner, id);
      const converged = converge(id);
      await expect
        .poll(() => {
          sys.clock.advance(500);
          return stopped();
        })
        .toBe(true);
      await converged;
    } finally {
      gateway.tokenOf = read;
    }
    expect(engine.calls.slice(begun).filter((call) => /^(start|stop) /.test(call))).toEqual([
      `stop ${id}`,
      `start ${id}`,
    ]);
    expect(await tokenOf(id)).not.toBe(old);
  });

  test("A9: takes paired devices along when its owner wants that, and leaves them else", async () => {
    const { owner, id } = await running();
    const at = sys.clock.now();
    const device = { name: "Desk", address: null, connected: true, approvedAt: at, seenAt: null };
    gateway.devices = [
      { deviceId: "d1", ...device },
      { deviceId: "d2", ...device },
    ];
    await rotate(owner, id);
    await converge(id);
    expect(gateway.devices).toHaveLength(2);
    await rotate(owner, id, true);
    await converge(id);
    expect(gateway.devices).toEqual([]);
  });

  test("A9: devices that are to lose their access lose it, whichever command comes in between", async () => {
    const { owner, id } = await running();
    const at = sys.clock.now();
    for (const between of ["stop", "kill", "restart"] as const) {
      gateway.devices = [
        { deviceId: "d1", name: "Desk", address: null, connected: true, approvedAt: at, seenAt: null },
      ];
      await rotate(owner, id, true);
      await command(owner, id, between);
      await converge(id);
      if (between !== "restart") {
        expect(gateway.devices).toHaveLength(1);
        await command(owner, id, "start");
        await converge(id);
      }
      expect(gateway.devices, between).toEqual([]);
    }
    gateway.devices = [
      { deviceId: "d2", name: "Desk", address: null, connected: true, approvedAt: at, seenAt: null },
    ];
    await command(owner, id, "restart");
    await converge(id);
    expect(gateway.devices).toHaveLength(1);
    gateway.devices = [];
  });

  test("A9: is made up for at once when the deploy that took over from it can't be opened", async () => {
    const { owner, id } = await running();
    const at = sys.clock.now();
    gateway.devices = [
      { deviceId: "d1", name: "Desk", address: null, connected: true, approvedAt: at, seenAt: null },
    ];
    const old = await tokenOf(id);
    await rotate(owner, id, true);
    await deploy(owner, id, { by: newSigner() });
    await converge(id);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      status: "running",
      operation: { kind: "deploy", state: "failed", error: "deploy.untrusted-signature" },
    });
    expect(await tokenOf(id)).not.toBe(old);
    expect(gateway.devices).toEqual([]);
  });

  test("A9: a gateway that refuses to remove devices fails the command, and the next start owes it still", async () => {
    const { owner, id } = await running();
    const { connect } = gateway;
    const refusing = vi.spyOn(gateway, "connect").mockImplementation(async (target) => ({
      ...(await connect.call(gateway, target)),
      pairing: () => Promise.reject(new GatewayRefused("protocol", "another form")),
    }));
    await rotate(owner, id, true);
    await converge(id);
    refusing.mockRestore();
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      operation: { kind: "rotate", state: "failed", error: "deploy.no-answer" },
    });
    expect(await sys.db.instance.findUnique({ where: { id } })).toMatchObject({ revokesDevices: true });
  });

  test("A9: a gateway that says nothing of its devices fails the command, and holds up no newer one", async () => {
    const { owner, id } = await running();
    const { connect } = gateway;
    let asked = 0;
    let answer: () => Promise<never> = () => Promise.reject(new GatewayRefused("unreachable", "away"));
    const silent = vi.spyOn(gateway, "connect").mockImplementation(async (target) => ({
      ...(await connect.call(gateway, target)),
      pairing: () => {
        asked += 1;
        return answer();
      },
    }));
    onTestFinished(() => silent.mockRestore());
    await rotate(owner, id, true);
    const given = converge(id).then(() => true);
    const ended = () => {
      sys.clock.advance(10_000);
      return Promise.race([given, Promise.resolve(false)]);
    };
    await expect.poll(ended, { timeout: 5_000 }).toBe(true);
    expect(asked).toBeGreaterThan(1);
    expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({
      operation: { kind: "rotate", state: "failed", error: "deploy.no-answer" },
    });
    expect(await sys.db.instance.findUnique({ where: { id } })).toMatchObject({ revokesDevices: true });

    answer = () => new Promise(() => undefined);
    await command(owner, id, "start");
    const newer = new AbortController();
    const before = asked;
    const start = convergeInstance(worker, id, newer.signal);
    await expect.poll(() => asked).toBeGreaterThan(before);
    newer.abort();
    expect(await start).toBeNull();
  });

  test("A9, R1: is recorded and mailed, and neither tells the token", async () => {
    const { owner, id } = await running();
    await rotate(owner, id);
    await converge(id);
    const events = await sys.db.auditEvent.findMany({
      where: { targetId: id, action: "instance.token-rotated" },
    });
    expect(events).toHaveLength(1);
    expect(sys.logged.join("")).not.toContain(await tokenOf(id));
    const rows = await sys.db.instance.findUniqueOrThrow({ where: { id }, include: { operations: true } });
    expect(
      JSON.stringify([rows, events], (_, value) => (typeof value === "bigint" ? String(value) : value)),
    ).not.toContain(await tokenOf(id));
  });

  test("A9: an instance that doesn't run has no token to rotate", async () => {
    const { owner, id } = await running();
    await command(owner, id, "stop");
    await converge(id);
    await expect(rotate(owner, id)).rejects.toMatchObject({ code: "instance.not-running" });
  });
});
