import { expect, test } from "vitest";
import { announceInstance } from "../instances/announce-instance.ts";
import { createUser } from "./create-user.ts";
import { createTestSystem } from "./test-system.ts";

const sys = await createTestSystem();

test("a job is enqueued with its transaction, and not without it", async () => {
  const payload = { hostId: sys.random.uuid(), instanceId: sys.random.uuid() };
  const jobs = () => sys.boss.findJobs(`converge.${payload.hostId}`);

  await sys.db.$transaction((tx) => sys.jobs.enqueue(tx, "converge", payload));
  expect((await jobs()).map(({ data }) => data)).toEqual([payload]);

  const failed = sys.db.$transaction(async (tx) => {
    await sys.jobs.enqueue(tx, "converge", payload);
    throw new Error("rolled back");
  });
  await expect(failed).rejects.toThrow("rolled back");
  expect(await jobs()).toHaveLength(1);
});

test("readers are woken by announcements of committed transactions, in their order, until they stop", async () => {
  const stop = new AbortController();
  const changes = sys.changes.instances(stop.signal)[Symbol.asyncIterator]();
  await sys.db
    .$transaction(async (tx) => {
      await announceInstance(tx, "rolled back");
      throw new Error("rolled back");
    })
    .catch(() => {});
  await sys.db.$transaction((tx) => announceInstance(tx, "first"));
  await sys.db.$transaction((tx) => announceInstance(tx, "second"));
  expect(await changes.next()).toEqual({ done: false, value: "first" });
  expect(await changes.next()).toEqual({ done: false, value: "second" });
  const waiting = changes.next();
  stop.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test("listening goes on after the connection broke", async () => {
  const stop = new AbortController();
  const changes = sys.changes.instances(stop.signal)[Symbol.asyncIterator]();
  const listeners = () => sys.db.$queryRaw<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity WHERE application_name = 'changes' AND datname = current_database() AND query LIKE 'LISTEN%'`;
  const [broken] = await listeners();
  await sys.db.$queryRaw`SELECT pg_terminate_backend(${broken?.pid}::int)`;
  await expect.poll(async () => (await listeners()).map(({ pid }) => pid !== broken?.pid)).toEqual([true]);
  await sys.db.$transaction((tx) => announceInstance(tx, "after the break"));
  expect(await changes.next()).toEqual({ done: false, value: "after the break" });
  stop.abort();
});

test("the database is this file's own, with the schema of the migrations", async () => {
  expect(await sys.db.user.count()).toBe(0);
  await createUser(sys);
  expect(await sys.db.user.count()).toBe(1);
});
