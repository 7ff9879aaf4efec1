import { afterEach, expect, test } from "vitest";
import { workConvergeJobs } from "../jobs/work-jobs.ts";
import { notificationJobs } from "../notifications/jobs.ts";
import type { Engine } from "../ports.ts";
import type { OwnerActor } from "../system.ts";
import { createAdmin } from "../testing/create-user.ts";
import { deployTestInstance, draftOf } from "../testing/deploy-test-instance.ts";
import { FakeMailer } from "../testing/fake-mailer.ts";
import { breakConnections } from "../testing/fault-history.ts";
import { runJobs } from "../testing/run-jobs.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import { changePlan } from "./change-plan.ts";
import { commandInstance } from "./command-instance.ts";
import { convergeInstance } from "./converge-instance.ts";
import { getInstance } from "./get-instance.ts";
import { type Reconciler, reconcileHost } from "./reconcile-host.ts";
import { watchDisks } from "./watch-disks.ts";

const sys = { ...(await createTestSystem()), mailer: new FakeMailer() };
const host = await createTestHost(sys);
const worker = startTestWorker(sys, host);
const { engine, gateway } = host;

let stop = new AbortController();
let reconciler: Reconciler | null = null;
afterEach(endWorker);

/** As after a restart: nothing is remembered but what stands in the database. */
function startWorker(wrap: { engine?: Engine } = {}): Reconciler {
  stop = new AbortController();
  reconciler = reconcileHost(startTestWorker(sys, host, wrap), stop.signal);
  return reconciler;
}

async function endWorker(): Promise<void> {
  stop.abort();
  await reconciler?.done;
  reconciler = null;
}

async function running(): Promise<{ owner: OwnerActor; id: string }> {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  await convergeInstance(worker, id, new AbortController().signal);
  return { owner, id };
}

const view = (owner: OwnerActor, id: string) => getInstance(sys, owner, { instanceId: id });
const statusOf = async ({ owner, id }: { owner: OwnerActor; id: string }) => (await view(owner, id)).status;
/** Looks after the clock has moved on. */
const moving =
  <T>(milliseconds: number, look: () => T) =>
  (): T => {
    sys.clock.advance(milliseconds);
    return look();
  };
const starts = (id: string) => engine.calls.filter((call) => call === `start ${id}`).length;
const stateOf = async (id: string) => (await engine.inspect(id)).container?.state;
const command = (owner: OwnerActor, id: string, kind: "start" | "stop" | "kill" | "remove") =>
  commandInstance(sys, owner, kind, { instanceId: id, operationId: sys.random.uuid() });

async function nextSweep(): Promise<void> {
  const sweeps = () => engine.calls.filter((call) => call === "list").length;
  const before = sweeps();
  await expect.poll(moving(1000, sweeps)).toBeGreaterThan(before);
}

/** Lets time pass until the instance is up again. */
const revived = (id: string) => expect.poll(moving(1000, () => stateOf(id))).toBe("running");

test("R2: an instance that runs and answers no more is ended and started again; its neighbour is left alone", async () => {
  const [ill, well] = [await running(), await running()];
  const address = `http://${(await engine.network(ill.id)).address}:18789`;
  gateway.hanging.add(address);
  startWorker();
  while (!engine.calls.includes(`stop ${ill.id}`)) await nextSweep();
  gateway.hanging.delete(address);
  await expect.poll(moving(250, () => statusOf(ill))).toBe("running");
  expect([starts(ill.id), starts(well.id)]).toEqual([2, 1]);
});

test("R2: who dies again and again is started later each time, then stays down, and the owner is told once; a restart of the worker forgets nothing", async () => {
  const { owner, id } = await running();
  startWorker();
  for (let death = 1; death < 5; death++) {
    const diedAt = sys.clock.now().getTime();
    engine.exit(id, 1);
    await expect
      .poll(async () => (await sys.db.instance.findUniqueOrThrow({ where: { id } })).deaths)
      .toBe(death);
    if (death > 1)
      expect(await view(owner, id)).toMatchObject({ status: "starting", reason: "instance.crashed" });
    await endWorker();
    startWorker();
    await revived(id);
    const restSeconds = (sys.clock.now().getTime() - diedAt) / 1000;
    expect(restSeconds).toBeGreaterThanOrEqual([0, 5, 10, 20][death - 1] ?? 0);
    await expect.poll(async () => (await view(owner, id)).status).toBe("running");
  }
  engine.exit(id, 1);
  await expect.poll(async () => (await view(owner, id)).status).toBe("failed");
  expect(await view(owner, id)).toMatchObject({ reason: "instance.crash-loop" });
  await nextSweep();
  expect(starts(id)).toBe(5);
  await runJobs(sys, notificationJobs);
  const { email } = await sys.db.user.findUniqueOrThrow({ where: { id: owner.userId } });
  expect(sys.mailer.sent.filter(({ to }) => to === email).map(({ subject }) => subject)).toEqual([
    "Ada has stopped",
  ]);
});

test("R2: the owner who starts it again begins with a clean slate", async () => {
  const { owner, id } = await running();
  await sys.db.instance.update({ where: { id }, data: { deaths: 4, diedAt: sys.clock.now() } });
  await command(owner, id, "stop");
  await command(owner, id, "start");
  const { request } = startWorker();
  request(id);
  await expect.poll(async () => (await view(owner, id)).status).toBe("running");
  engine.exit(id, 1);
  await expect.poll(() => starts(id)).toBe(3);
  await expect.poll(async () => (await view(owner, id)).status).toBe("running");
});

test("R2: memory that ran out in one of its programs is told while it runs, and is the reason when it dies of it", async () => {
  const { owner, id } = await running();
  startWorker();
  engine.exhaustChildMemory(id);
  await expect.poll(async () => (await view(owner, id)).reason).toBe("instance.out-of-memory");
  expect((await view(owner, id)).status).toBe("running");
  await sys.db.instance.update({ where: { id }, data: { deaths: 4, diedAt: sys.clock.now() } });
  engine.exit(id, 1);
  await expect.poll(async () => (await view(owner, id)).status).toBe("failed");
  expect((await view(owner, id)).reason).toBe("instance.out-of-memory");
});

test("R2: memory that ran out is forgotten after ten quiet minutes", async () => {
  const { owner, id } = await running();
  startWorker();
  engine.exhaustChildMemory(id);
  await expect.poll(async () => (await view(owner, id)).reason).toBe("instance.out-of-memory");
  sys.clock.advance(601_000);
  await expect.poll(async () => (await view(owner, id)).reason).toBeNull();
});

test("R2: a deploy whose container is ended from outside goes on with another one", async () => {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  gateway.healthy = false;
  startWorker().request(id);
  await expect.poll(() => stateOf(id)).toBe("running");
  engine.exit(id, 137);
  gateway.healthy = true;
  await expect.poll(moving(250, async () => (await view(owner, id)).operation?.state)).toBe("succeeded");
  expect(starts(id)).toBe(2);
});

test("R2: while the engine is away a deploy waits, and goes on when it is back", async () => {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  let away = true;
  const absent: Engine = new Proxy(engine, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (!away || typeof value !== "function" || name === "events") return value;
      return () => Promise.reject(new Error("connect ECONNREFUSED"));
    },
  });
  const { request } = startWorker({ engine: absent });
  request(id);
  await expect
    .poll(() => sys.logged.some((line) => line.includes("trying again") && line.includes(id)))
    .toBe(true);
  expect(await view(owner, id)).toMatchObject({ status: "starting", operation: { state: "running" } });
  away = false;
  await expect.poll(moving(1000, () => statusOf({ owner, id }))).toBe("running");
});

test("R2: a stream of events that breaks with an error is followed again", async () => {
  const { id } = await running();
  let streams = 0;
  const brittle: Engine = new Proxy(engine, {
    get(target, name) {
      if (name !== "events") return Reflect.get(target, name);
      return (since: Date, signal: AbortSignal) => {
        if (streams++ > 0) return target.events(since, signal);
        throw new Error("not JSON");
      };
    },
  });
  startWorker({ engine: brittle });
  await expect.poll(moving(100, () => streams)).toBe(2);
  engine.exit(id, 1);
  await expect.poll(() => starts(id)).toBe(2);
});

test("R5: a kill takes effect at once while an orderly stop takes its time, and as many starts as may run at once hang", async () => {
  gateway.healthy = false;
  const others = await Promise.all(Array.from({ length: 5 }, () => draftOf(sys)));
  for (const { owner, id } of others) await deployTestInstance(sys, worker, owner, id);
  gateway.healthy = true;
  const { owner, id } = await running();
  gateway.healthy = false;
  const slow: Engine = new Proxy(engine, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== "stop") return value;
      return async (instanceId: string, grace: number) => {
        if (grace === 0) return engine.stop(instanceId, 0);
        while ((await engine.inspect(instanceId)).container?.state === "running") await sys.clock.sleep(1000);
      };
    },
  });
  const { request } = startWorker({ engine: slow });
  for (const other of others) request(other.id);
  await expect.poll(() => others.filter((other) => starts(other.id) === 1).length).toBe(4);
  await command(owner, id, "stop");
  request(id);
  await expect.poll(async () => (await view(owner, id)).operation?.state).toBe("running");
  await command(owner, id, "kill");
  request(id);
  await expect.poll(() => stateOf(id)).toBe("exited");
  gateway.healthy = true;
  await expect.poll(moving(1000, () => statusOf({ owner, id }))).toBe("stopped");
});

test("D4: what a removed instance left on the engine is removed by the sweep, and nothing of another installation", async () => {
  const { owner, id } = await running();
  await command(owner, id, "remove");
  await convergeInstance(worker, id, new AbortController().signal);
  const stranger = sys.random.uuid();
  await engine.network(id);
  await engine.network(stranger);
  startWorker();
  const present = async () => (await engine.list()).map(({ instanceId }) => instanceId);
  await expect.poll(present).not.toContain(id);
  expect(await present()).toContain(stranger);
});

test("I2: an instance that has used up its disk is stopped, and its owner told; after a start it has ten minutes to make room", async () => {
  const [full, other] = [await running(), await running()];
  const size = 2 ** 30;
  engine.diskUse = [
    { instanceId: full.id, usedBytes: size * 0.99, sizeBytes: size },
    { instanceId: other.id, usedBytes: size * 0.97, sizeBytes: size },
  ];
  startWorker();
  const measures = () => engine.calls.filter((call) => call === "disks").length;
  await expect.poll(moving(10_000, measures)).toBeGreaterThan(1);
  expect(await statusOf(full)).toBe("running");
  sys.clock.advance(601_000);
  await expect.poll(() => statusOf(full)).toBe("failed");
  expect((await view(full.owner, full.id)).reason).toBe("instance.disk-full");
  await expect.poll(() => stateOf(full.id)).toBe("exited");
  expect(await statusOf(other)).toBe("running");
  await runJobs(sys, notificationJobs);
  const { email } = await sys.db.user.findUniqueOrThrow({ where: { id: full.owner.userId } });
  const mails = sys.mailer.sent.filter(({ to }) => to === email);
  expect(mails.map(({ text }) => text.includes("used up all of its disk"))).toEqual([true]);

  await command(full.owner, full.id, "start");
  reconciler?.request(full.id);
  await expect.poll(moving(1000, () => statusOf(full))).toBe("running");
  const before = measures();
  await expect.poll(moving(10_000, measures)).toBeGreaterThan(before + 1);
  expect(await statusOf(full)).toBe("running");
  engine.diskUse = [];
});

test("I2: where room is only measured, a command gives no time to an instance that is far above its quota", async () => {
  const [above, far] = [await running(), await running()];
  const quota = worker.config.INSTANCE_DISK_MB * 1024 ** 2;
  engine.diskUse = [
    { instanceId: above.id, usedBytes: 1.4 * quota, sizeBytes: null },
    { instanceId: far.id, usedBytes: 3 * quota, sizeBytes: null },
  ];
  startWorker();
  await expect.poll(() => statusOf(far)).toBe("failed");
  expect((await view(far.owner, far.id)).reason).toBe("instance.disk-full");
  await expect.poll(() => stateOf(far.id)).toBe("exited");
  expect(await statusOf(above)).toBe("running");
  engine.diskUse = [];
});

test("I2: one that fills its disk before it is ready is stopped; one that only waits for its start is not", async () => {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  gateway.healthy = false;
  startWorker().request(id);
  await expect.poll(() => stateOf(id)).toBe("running");
  const quota = worker.config.INSTANCE_DISK_MB * 1024 ** 2;
  engine.diskUse = [{ instanceId: id, usedBytes: 3 * quota, sizeBytes: null }];
  const status = moving(10_000, () => statusOf({ owner, id }));
  await expect.poll(status, { timeout: 5000 }).toBe("failed");
  expect(await view(owner, id)).toMatchObject({
    reason: "instance.disk-full",
    operation: { kind: "deploy", state: "failed", error: "instance.disk-full" },
  });
  await expect.poll(() => stateOf(id)).toBe("exited");
  expect(await statusOf({ owner, id })).toBe("failed");

  await endWorker();
  await command(owner, id, "start");
  expect(await watchDisks(worker)).toEqual([]);
  expect((await view(owner, id)).operation).toMatchObject({ kind: "start", state: "queued" });
  engine.diskUse = [];
  gateway.healthy = true;
});

test("R2: a database that throws everybody out is found again: by the sweep, by events, by jobs and by those who watch", async () => {
  const [first, second] = [await running(), await running()];
  const { request } = startWorker();
  await workConvergeJobs(sys.boss, worker.secrets.hostId, request);
  const watching = new AbortController();
  const changed = new Set<string>();
  const watched = (async () => {
    for await (const id of sys.changes.instances(watching.signal)) changed.add(id);
  })();
  await breakConnections(sys);

  engine.exit(first.id, 1);
  await expect.poll(moving(1000, () => starts(first.id))).toBe(2);
  await expect.poll(moving(1000, () => statusOf(first))).toBe("running");
  changed.clear();
  await expect
    .poll(() => command(second.owner, second.id, "stop").then(() => changed.has(second.id)), {
      interval: 500,
    })
    .toBe(true);
  await expect.poll(() => statusOf(second)).toBe("stopped");
  watching.abort();
  await watched;
  await sys.boss.offWork(`converge.${worker.secrets.hostId}`);
});

test("I2: another plan changes the limits of a running instance, which goes on running", async () => {
  const { owner, id } = await running();
  const before = (await engine.inspect(id)).container;
  startWorker();
  const operator = await createAdmin(sys);
  await changePlan(sys, operator, { instanceId: id, plan: "pro" });
  await changePlan(sys, operator, { instanceId: id, plan: "pro" });
  const limits = { memoryBytes: 4 * 2 ** 30, milliCpus: 4000, pids: 512 };
  await expect
    .poll(moving(1000, async () => (await engine.inspect(id)).container))
    .toEqual({ ...before, limits });
  const events = await sys.db.auditEvent.count({
    where: { targetId: id, userId: owner.userId, action: "instance.plan-changed" },
  });
  expect(events).toBe(1);
  await expect(
    changePlan(sys, operator, { instanceId: sys.random.uuid(), plan: "pro" }),
  ).rejects.toMatchObject({ code: "instance.missing" });
});
