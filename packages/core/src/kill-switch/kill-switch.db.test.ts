import { afterEach, expect, test } from "vitest";
import { commandInstance } from "../instances/command-instance.ts";
import { convergeInstance } from "../instances/converge-instance.ts";
import { getInstance } from "../instances/get-instance.ts";
import type { OwnerActor } from "../system.ts";
import { createAdmin } from "../testing/create-user.ts";
import { deployTestInstance, draftOf } from "../testing/deploy-test-instance.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import { engageSwitch } from "./engage-switch.ts";
import { listSwitches } from "./list-switches.ts";
import { releaseSwitch } from "./release-switch.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const worker = startTestWorker(sys, host);
const operator = await createAdmin(sys);
const newId = () => sys.random.uuid();

afterEach(async () => {
  for (const { id } of await listSwitches(sys, operator)) await release(id);
});

const converge = (id: string) => convergeInstance(worker, id, new AbortController().signal);
const view = (owner: OwnerActor, id: string) => getInstance(sys, owner, { instanceId: id });
const start = (owner: OwnerActor, id: string) =>
  commandInstance(sys, owner, "start", { instanceId: id, operationId: newId() });
const engage = (userId: string | null, operationId = newId()) =>
  engageSwitch(sys, operator, { operationId, userId, reason: "Sends spam." });
const release = (switchId: string) => releaseSwitch(sys, operator, { switchId, reason: "It was a mistake." });

async function running() {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  await converge(id);
  return { owner, id };
}

test("R5: the switch of a person kills what is theirs, lets nothing of theirs start until it is released, and says so", async () => {
  const [theirs, others] = [await running(), await running()];
  const { id: switchId, stopping } = await engage(theirs.owner.userId);
  expect(stopping).toBe(1);
  await converge(theirs.id);
  expect(await view(theirs.owner, theirs.id)).toMatchObject({
    status: "stopped",
    reason: "instance.switched-off",
    operation: { kind: "kill", state: "succeeded" },
  });
  expect((await host.engine.inspect(theirs.id)).container?.state).toBe("exited");
  expect((await view(others.owner, others.id)).status).toBe("running");
  await expect(start(theirs.owner, theirs.id)).rejects.toMatchObject({ code: "instance.switched-off" });
  await expect(deployTestInstance(sys, worker, theirs.owner, theirs.id)).rejects.toMatchObject({
    code: "instance.switched-off",
  });

  await release(switchId);
  expect((await view(theirs.owner, theirs.id)).reason).toBeNull();
  await start(theirs.owner, theirs.id);
  await converge(theirs.id);
  expect((await view(theirs.owner, theirs.id)).status).toBe("running");
});

test("R5: the switch of the fleet kills everybody's, however many there are; a person's own switch outlives its release", async () => {
  const all = [await running(), await running(), await running()];
  const [first] = all;
  if (!first) throw new Error("unreachable");
  await engage(first.owner.userId);
  const { id } = await engage(null);
  for (const one of all) await converge(one.id);
  for (const one of all) expect((await view(one.owner, one.id)).reason).toBe("instance.switched-off");
  await release(id);
  expect((await view(first.owner, first.id)).reason).toBe("instance.switched-off");
  await expect(start(first.owner, first.id)).rejects.toMatchObject({ code: "instance.switched-off" });
  for (const one of all.slice(1)) expect((await view(one.owner, one.id)).reason).toBeNull();
});

test("R5: a start at the same moment as the switch is either refused or killed", async () => {
  const { owner, id } = await running();
  await commandInstance(sys, owner, "stop", { instanceId: id, operationId: newId() });
  await converge(id);
  await Promise.allSettled([start(owner, id), engage(owner.userId), start(owner, id)]);
  await converge(id);
  expect((await sys.db.instance.findUniqueOrThrow({ where: { id } })).desired).toBe("stopped");
});

test("R5: the same throw twice is one, an instance that is up in spite of it is killed then, and another's id is refused", async () => {
  const { owner, id } = await running();
  const operationId = newId();
  await engage(owner.userId, operationId);
  await sys.db.instance.update({ where: { id }, data: { desired: "running", status: "running" } });
  await engage(owner.userId, operationId);
  expect((await sys.db.instance.findUniqueOrThrow({ where: { id } })).desired).toBe("stopped");
  expect(await listSwitches(sys, operator)).toHaveLength(1);
  await expect(engage(null, operationId)).rejects.toMatchObject({ code: "operation.id-taken" });
  await expect(engage(newId())).rejects.toMatchObject({ code: "user.missing" });
  await expect(release(newId())).rejects.toMatchObject({ code: "kill-switch.missing" });
});

test("R1: who threw and released it, and why, stands in the audit log, also of whose assistants it was", async () => {
  const { owner } = await running();
  const { id } = await engage(owner.userId);
  await release(id);
  await release(id);
  const events = await sys.db.auditEvent.findMany({
    where: { targetId: id },
    orderBy: { id: "asc" },
    select: { action: true, actorId: true, userId: true, details: true },
  });
  const by = { actorId: operator.userId, userId: owner.userId };
  expect(events).toEqual([
    { ...by, action: "kill-switch.engaged", details: { reason: "Sends spam.", of: owner.userId } },
    { ...by, action: "kill-switch.released", details: { reason: "It was a mistake.", of: owner.userId } },
  ]);
});
