import { afterEach, expect, test } from "vitest";
import { commandInstance } from "../instances/command-instance.ts";
import { workConvergeJobs } from "../jobs/work-jobs.ts";
import type { OwnerActor } from "../system.ts";
import { deployTestInstance, draftOf } from "../testing/deploy-test-instance.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import { convergeInstance } from "./converge-instance.ts";
import { getInstance } from "./get-instance.ts";
import { reconcileHost } from "./reconcile-host.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const worker = startTestWorker(sys, host);
const { engine, gateway } = host;

let stop = new AbortController();
let done = Promise.resolve();
afterEach(async () => {
  stop.abort();
  await done;
  gateway.answer = "Hello.";
  gateway.hanging.clear();
});

function reconcile(by = worker) {
  stop = new AbortController();
  const reconciler = reconcileHost(by, stop.signal);
  done = reconciler.done;
  return reconciler;
}

const statusOf = async (owner: OwnerActor, id: string) =>
  (await getInstance(sys, owner, { instanceId: id })).status;
const command = (owner: OwnerActor, id: string, kind: "stop" | "remove" | "rotate" | "backup") =>
  commandInstance(sys, owner, kind, { instanceId: id, operationId: sys.random.uuid() });

test("a job brings the instance up, with nobody asking twice", async () => {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  const { request } = reconcile();
  await workConvergeJobs(sys.boss, worker.secrets.hostId, request);
  await expect.poll(() => statusOf(owner, id)).toBe("running");
  await sys.boss.offWork(`converge.${worker.secrets.hostId}`);
});

test("B5: work that was asked for while no worker lived is found at the start", async () => {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  reconcile();
  await expect.poll(() => statusOf(owner, id)).toBe("running");
});

test("A9, B5: a rotation whose job nobody heard is found, though the instance is as it should be", async () => {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  await convergeInstance(worker, id, new AbortController().signal);
  await command(owner, id, "rotate");
  reconcile();
  const operation = async () => (await getInstance(sys, owner, { instanceId: id })).operation;
  await expect.poll(operation).toMatchObject({ kind: "rotate", state: "succeeded" });
});

test("R2: a container that dies is noticed by the engine's event, without a sweep", async () => {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  reconcile();
  await expect.poll(() => statusOf(owner, id)).toBe("running");
  engine.exit(id, 1);
  const starts = () => engine.calls.filter((call) => call === `start ${id}`).length;
  await expect.poll(starts).toBe(2);
  await expect.poll(() => statusOf(owner, id)).toBe("running");
});

test("R5: stopping takes effect while a deploy still waits for the assistant", async () => {
  gateway.answer = null;
  const before = gateway.received;
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  const { request } = reconcile();
  await expect.poll(() => gateway.received).toBeGreaterThan(before);
  await command(owner, id, "stop");
  request(id);
  await expect.poll(() => statusOf(owner, id)).toBe("stopped");
  expect((await engine.inspect(id)).container?.state).toBe("exited");
});

test("B1: a launch does not wait for another owner's assistants, however many of them hang", async () => {
  const { owner: other, id: first } = await draftOf(sys);
  const others = [first];
  while (others.length < 4) others.push((await draftOf(sys, other)).id);
  for (const each of others) {
    const { address } = await engine.network(each);
    gateway.hanging.add(`http://${address}:18789`);
    await deployTestInstance(sys, worker, other, each);
  }
  const { owner, id } = await draftOf(sys);
  const { request } = reconcile();
  for (const each of others) request(each);
  const begun = () => others.filter((each) => engine.calls.includes(`start ${each}`)).length;
  await expect.poll(begun).toBeGreaterThanOrEqual(2);
  await deployTestInstance(sys, worker, owner, id);
  request(id);
  await expect.poll(() => statusOf(owner, id)).toBe("running");
  expect(begun()).toBe(2);
});

test("A9: neither a rotation nor another plan waits for starts that hang, whoever's they are", async () => {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  await convergeInstance(worker, id, new AbortController().signal);
  const hanging = [(await draftOf(sys, owner)).id, (await draftOf(sys, owner)).id];
  for (const each of hanging) {
    gateway.hanging.add(`http://${(await engine.network(each)).address}:18789`);
    await deployTestInstance(sys, worker, owner, each);
  }
  const { request } = reconcile();
  for (const each of hanging) request(each);
  const begun = () => hanging.filter((each) => engine.calls.includes(`start ${each}`)).length;
  await expect.poll(begun, { timeout: 10_000 }).toBe(2);

  await command(owner, id, "rotate");
  request(id);
  const operation = async () => (await getInstance(sys, owner, { instanceId: id })).operation;
  await expect.poll(operation, { timeout: 5_000 }).toMatchObject({ kind: "rotate", state: "succeeded" });
  await sys.db.instance.update({ where: { id }, data: { plan: "pro" } });
  request(id);
  await expect.poll(() => engine.calls.includes(`resize ${id}`)).toBe(true);
});

test("B1: a launch does not wait for all that are down, as after a restart of the host", async () => {
  const down: string[] = [];
  while (down.length < 6) {
    const { owner, id } = await draftOf(sys);
    await deployTestInstance(sys, worker, owner, id);
    await convergeInstance(worker, id, new AbortController().signal);
    down.push(id);
  }
  for (const each of down) {
    engine.exit(each, 137);
    const { address } = await engine.network(each);
    gateway.hanging.add(`http://${address}:18789`);
  }
  const starts = (id: string) => engine.calls.filter((call) => call === `start ${id}`).length;
  const healing = () => down.filter((each) => starts(each) === 2).length;
  const { request } = reconcile();
  await expect.poll(healing, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  request(id);
  await expect.poll(() => statusOf(owner, id), { timeout: 10_000 }).toBe("running");
  expect(healing()).toBe(3);
});

test("B1: a launch does not wait for all that is backed up, restored or upgraded, and no owner for all of another's", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const begun: string[] = [];
  const slow = startTestWorker(sys, host, {
    backups: {
      ...host.backups,
      write: async (...given) => {
        begun.push(given[0].instanceId);
        await released;
        return host.backups.write(...given);
      },
    },
  });
  const ids: string[] = [];
  const { owner, id } = await draftOf(sys);
  const { owner: second } = await draftOf(sys);
  for (const by of [owner, owner, owner, owner, second]) {
    const { id: other } = await draftOf(sys, by);
    await deployTestInstance(sys, worker, by, other);
    await convergeInstance(worker, other, new AbortController().signal);
    await command(by, other, "backup");
    ids.push(other);
  }
  const { request } = reconcile(slow);
  for (const other of ids) request(other);
  await expect.poll(() => begun, { timeout: 10_000 }).toHaveLength(2);
  expect(begun).toContain(ids.at(-1));
  await deployTestInstance(sys, slow, owner, id);
  request(id);
  await expect.poll(() => statusOf(owner, id), { timeout: 10_000 }).toBe("running");
  release();
  const finished = () =>
    sys.db.operation.count({ where: { instanceId: { in: ids }, kind: "backup", state: "succeeded" } });
  await expect.poll(finished, { timeout: 10_000 }).toBe(5);
});
