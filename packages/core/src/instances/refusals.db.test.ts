import { expect, test } from "vitest";
import { createUser } from "../testing/create-user.ts";
import { draftOf } from "../testing/deploy-test-instance.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createRefusalCounter } from "./count-refusals.ts";
import { listRefusedConnections } from "./list-refused-connections.ts";

const sys = await createTestSystem();

const reason = "not-allowed";
const linesAbout = (instanceId: string) =>
  sys.logged.filter((line) => line.includes("egress refused") && line.includes(instanceId));

test("I3: an owner sees where their assistant may not go, how often it tried and when it did last", async () => {
  const { owner, id: instanceId } = await draftOf(sys);
  const refusals = createRefusalCounter(sys);
  for (const target of ["clawhub.ai:443", "evil.example:443", "clawhub.ai:443"])
    refusals.count({ instanceId, target, reason });
  refusals.count({ instanceId: null, target: "from.nobody:443", reason });
  await refusals.write();
  const first = sys.clock.now();
  expect(await listRefusedConnections(sys, owner, { instanceId })).toEqual([
    { target: "clawhub.ai:443", count: 2, lastAt: first },
    { target: "evil.example:443", count: 1, lastAt: first },
  ]);

  sys.clock.advance(60_000);
  refusals.count({ instanceId, target: "evil.example:443", reason });
  await refusals.write();
  await refusals.write();
  expect(await listRefusedConnections(sys, owner, { instanceId })).toEqual([
    { target: "evil.example:443", count: 2, lastAt: sys.clock.now() },
    { target: "clawhub.ai:443", count: 2, lastAt: first },
  ]);
});

test("the log says once why an assistant was refused", async () => {
  const { id: instanceId } = await draftOf(sys);
  const refusals = createRefusalCounter(sys);
  refusals.count({ instanceId, target: "models.test:443", reason: "other-name" });
  refusals.count({ instanceId, target: "models.test:443", reason: "other-name" });
  await refusals.write();
  const [line, ...more] = linesAbout(instanceId);
  expect(more).toEqual([]);
  expect(JSON.parse(line ?? "{}")).toMatchObject({
    target: "models.test:443",
    reason: "other-name",
    count: 2,
  });
});

test("I1: nobody sees where another's assistant went", async () => {
  const { id: instanceId } = await draftOf(sys);
  const stranger = await createUser(sys);
  await expect(listRefusedConnections(sys, stranger, { instanceId })).rejects.toMatchObject({
    code: "instance.missing",
  });
});

test("I2: an assistant that tries a thousand names fills neither memory nor database nor log", async () => {
  const { id: instanceId } = await draftOf(sys);
  const refusals = createRefusalCounter(sys);
  for (let round = 0; round < 3; round++) {
    sys.clock.advance(1000);
    for (let n = 0; n < 400; n++)
      refusals.count({ instanceId, target: `${"x".repeat(200)}${round}-${n}:443`, reason });
    for (let n = 0; n < 400; n++)
      refusals.count({ instanceId, target: `host-${round}-${n}.example:443`, reason });
    await refusals.write();
  }
  expect(linesAbout(instanceId)).toHaveLength(3);
  const rows = await sys.db.refusedConnection.findMany({ where: { instanceId } });
  expect(rows).toHaveLength(50);
  expect(rows.every(({ target }) => target.length <= 120)).toBe(true);
});

test("what is counted for an assistant that was removed meanwhile is forgotten", async () => {
  const { id: instanceId } = await draftOf(sys);
  const refusals = createRefusalCounter(sys);
  refusals.count({ instanceId, target: "evil.example:443", reason });
  await sys.db.instance.update({ where: { id: instanceId }, data: { status: "removed" } });
  await refusals.write();
  expect(await sys.db.refusedConnection.count({ where: { instanceId } })).toBe(0);
});
