import { expect, test } from "vitest";
import { commandInstance } from "../instances/command-instance.ts";
import { eraseInstance } from "../instances/erase-instance.ts";
import type { OwnerActor } from "../system.ts";
import { draftOf } from "../testing/deploy-test-instance.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import type { WorkerSystem } from "../worker.ts";
import { listHistory } from "./list-history.ts";
import { pruneStats } from "./prune-stats.ts";
import type { StatsPoint } from "./schema.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const { engine } = host;
const mb = 1024 ** 2;

/** One that runs, with 2 GB of memory and two CPUs. */
async function running(worker: WorkerSystem): Promise<{ owner: OwnerActor; instanceId: string }> {
  const { owner, id: instanceId } = await draftOf(sys);
  await engine.apply({
    instanceId,
    generation: 1,
    image: "test",
    hostname: "assistant",
    memoryBytes: 2048 * mb,
    milliCpus: 2000,
    pids: 256,
    environment: {},
    files: [],
  });
  await engine.start(instanceId);
  await worker.meter.read();
  return { owner, instanceId };
}

/** So many thousandths of a CPU in the next seconds, read at their end. */
async function pass(
  worker: WorkerSystem,
  instanceId: string,
  milliCpus: number,
  seconds = 10,
): Promise<void> {
  const bytes = { receivedBytes: 2000 * seconds, sentBytes: 100 * seconds };
  engine.use(instanceId, { cpuMicroseconds: milliCpus * 1000 * seconds, ...bytes });
  sys.clock.advance(seconds * 1000);
  await worker.meter.read();
}

async function passMinute(worker: WorkerSystem, instanceId: string, milliCpus: number) {
  for (let n = 0; n < 6; n++) await pass(worker, instanceId, milliCpus);
  await worker.meter.write();
}

test("R2: every viewer sees the last minutes and then each reading, which is made once for all of them", async () => {
  const worker = startTestWorker(sys, host);
  const { instanceId } = await running(worker);
  worker.meter.noteDisks([{ instanceId, usedBytes: 7 * mb, sizeBytes: 100 * mb }]);
  await pass(worker, instanceId, 250);
  const ending = new AbortController();
  const viewers = [1, 2, 3].map(() => worker.meter.watch(instanceId, undefined, ending.signal));
  const next = () => Promise.all(viewers.map(async (viewer) => (await viewer.next()).value));
  const first: StatsPoint = {
    at: sys.clock.now(),
    milliCpus: 250,
    receivedPerSecond: 2000,
    sentPerSecond: 100,
    memoryBytes: 1024,
    diskBytes: 7 * mb,
    milliCpusLimit: 2000,
    memoryLimit: 2048 * mb,
    diskLimit: 100 * mb,
  };
  expect(await next()).toEqual([first, first, first]);

  const waiting = next();
  const calls = engine.calls.length;
  await pass(worker, instanceId, 500, 2);
  expect((await waiting).map((point) => point?.milliCpus)).toEqual([500, 500, 500]);
  expect(engine.calls.slice(calls)).toEqual(["stats"]);

  const resumed = worker.meter.watch(instanceId, first.at, ending.signal);
  expect((await resumed.next()).value?.milliCpus).toBe(500);
  ending.abort();
  expect((await resumed.next()).done).toBe(true);
});

test("R2: what nobody watches is read every ten seconds, and at once when somebody does", async () => {
  const worker = startTestWorker(sys, host);
  const { instanceId } = await running(worker);
  await pass(worker, instanceId, 300);
  const ending = new AbortController();
  const reads = async () => {
    const before = engine.calls.length;
    for (let n = 0; n < 5; n++) await pass(worker, instanceId, 300, 2);
    return engine.calls.length - before;
  };
  expect(await reads()).toBe(1);
  const viewer = worker.meter.watch(instanceId, undefined, ending.signal);
  await viewer.next();
  expect(await reads()).toBe(5);
  await viewer.return();
  expect(await reads()).toBe(1);
});

test("R2: a stopped instance is not measured, and goes on when it runs again, whatever the clock does meanwhile", async () => {
  const worker = startTestWorker(sys, host);
  const { instanceId } = await running(worker);
  const ending = new AbortController();
  const viewer = worker.meter.watch(instanceId, undefined, ending.signal);
  await pass(worker, instanceId, 50);
  expect((await viewer.next()).value?.milliCpus).toBe(50);
  const waiting = viewer.next();
  await engine.stop(instanceId, 0);
  await worker.meter.read();
  sys.clock.advance(-3_600_000);
  await engine.start(instanceId);
  await worker.meter.read();
  await pass(worker, instanceId, 100);
  expect((await waiting).value?.milliCpus).toBe(100);
  ending.abort();
});

test("R2: the past is kept by the minute, by ten and by the hour, across a restart of the worker", async () => {
  const worker = startTestWorker(sys, host);
  sys.clock.advance(3_600_000 - (sys.clock.now().getTime() % 3_600_000));
  const hour = sys.clock.now();
  const { owner, instanceId } = await running(worker);
  await passMinute(worker, instanceId, 100);
  const restarted = startTestWorker(sys, host);
  await restarted.meter.read();
  await passMinute(restarted, instanceId, 300);
  await pass(restarted, instanceId, 0);
  await restarted.meter.write();

  const history = async (range: "hour" | "day" | "week" | "month") => {
    const { seconds, points } = await listHistory(sys, owner, { instanceId, range });
    return { seconds, points: points.map(({ at, milliCpus }) => [at, Math.round(milliCpus)]) };
  };
  const second = new Date(hour.getTime() + 60_000);
  expect(await history("hour")).toEqual({
    seconds: 60,
    points: [
      [hour, 100],
      [second, 300],
    ],
  });
  const all = [[hour, 200]];
  expect(await history("day")).toEqual({ seconds: 600, points: all });
  expect(await history("week")).toEqual({ seconds: 3600, points: all });
  expect(await history("month")).toEqual({ seconds: 3600, points: all });

  sys.clock.advance(3_600_000);
  expect(await history("hour")).toEqual({ seconds: 60, points: [] });
  expect(await history("day")).toEqual({ seconds: 600, points: all });
});

test("R2: minutes that the database did not take are written once it does", async () => {
  let away = true;
  const refuse = () => Promise.reject(new Error("the database is away"));
  const db = new Proxy(sys.db, {
    get: (target, name) => (away && name === "$transaction" ? refuse : Reflect.get(target, name)),
  });
  const worker = startTestWorker({ ...sys, db }, host);
  const { owner, instanceId } = await running(worker);
  await passMinute(worker, instanceId, 100).catch(() => undefined);
  await expect(passMinute(worker, instanceId, 100)).rejects.toThrow("the database is away");
  away = false;
  await passMinute(worker, instanceId, 100);
  const { points } = await listHistory(sys, owner, { instanceId, range: "hour" });
  expect(points.map(({ milliCpus }) => Math.round(milliCpus))).toEqual([100, 100, 100]);
});

test("what is older than its resolution is kept for is deleted, and nothing else", async () => {
  const { id: instanceId } = await draftOf(sys);
  const now = sys.clock.now().getTime();
  const hours = (seconds: number, age: number) => ({
    instanceId,
    seconds,
    at: new Date(now - age * 3_600_000),
    readings: 1,
    milliCpus: 1,
    receivedPerSecond: 1,
    sentPerSecond: 1,
    memoryBytes: 1,
    milliCpusLimit: 1,
    memoryLimit: 1,
    diskLimit: 1,
  });
  const kept = [hours(60, 5.9), hours(600, 47), hours(3600, 719)];
  const old = [hours(60, 6.1), hours(600, 49), hours(3600, 721)];
  await sys.db.instanceStats.createMany({ data: [...kept, ...old] });
  await pruneStats(sys);
  const rows = await sys.db.instanceStats.findMany({ where: { instanceId }, orderBy: { seconds: "asc" } });
  expect(rows.map(({ seconds, at }) => [seconds, at])).toEqual(kept.map(({ seconds, at }) => [seconds, at]));
});

test("D4: nothing of it is left with a deleted instance, also when it was being written at that moment", async () => {
  const worker = startTestWorker(sys, host);
  const { owner, instanceId } = await running(worker);
  await passMinute(worker, instanceId, 100);
  await passMinute(worker, instanceId, 100);
  const count = () => sys.db.instanceStats.count({ where: { instanceId } });
  expect(await count()).toBeGreaterThan(0);
  await commandInstance(sys, owner, "remove", { instanceId, operationId: sys.random.uuid() });
  const instance = await sys.db.instance.findUniqueOrThrow({ where: { id: instanceId } });
  await eraseInstance(worker, { instance, operation: null });
  sys.clock.advance(60_000);
  await worker.meter.write();
  expect(await count()).toBe(0);
});
