import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { commandInstance } from "@openclaw-launch/core/instances/command-instance";
import { convergeInstance } from "@openclaw-launch/core/instances/converge-instance";
import { type Engine, type ObservedInstance, TransientFailure } from "@openclaw-launch/core/ports";
import type { Refusal } from "@openclaw-launch/core/provisioner/egress";
import { deployTestInstance, draftOf } from "@openclaw-launch/core/testing/deploy-test-instance";
import { freePort } from "@openclaw-launch/core/testing/free-port";
import { createTestSystem } from "@openclaw-launch/core/testing/test-system";
import { createTestHost, startTestWorker } from "@openclaw-launch/core/testing/test-worker";
import { afterAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { openEgress } from "./open-egress.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const { engine } = host;

/** Whose address is the one of this process. */
let here = "";
/** Nobody can be looked up. */
let away = false;
const placed = (observed: ObservedInstance): ObservedInstance => ({
  ...observed,
  network: observed.instanceId === here ? { gateway: "127.0.0.1", address: "127.0.0.1" } : observed.network,
});
const moved = new Proxy<Engine>(engine, {
  get: (target, name) => {
    if (name === "inspect")
      return async (id: string) => {
        if (away) throw new TransientFailure("away");
        return placed(await target.inspect(id));
      };
    if (name === "list")
      return async () => {
        if (away) throw new TransientFailure("away");
        return (await target.list()).map(placed);
      };
    return Reflect.get(target, name);
  },
});
const made = startTestWorker(sys, host);
const worker = startTestWorker(sys, host, { engine: moved });
worker.config.EGRESS_PORT = await freePort();
worker.config.INSTANCE_SUBNETS = "127.0.0.0/29";

const refusals: Refusal[] = [];
const egress = await openEgress(worker, (refusal) => void refusals.push(refusal));
const agent = new Agent({ keepAlive: true, maxSockets: 50 });
afterAll(async () => {
  agent.destroy();
  await egress.close();
});
beforeEach(() => {
  refusals.length = 0;
  sys.clock.advance(1000);
});

async function running() {
  const draft = await draftOf(sys);
  await deployTestInstance(sys, made, draft.owner, draft.id);
  await convergeInstance(made, draft.id, new AbortController().signal);
  return draft;
}

/** Asks for a host that nobody may reach. */
async function ask(status = 403): Promise<void> {
  const outgoing = request({
    host: "127.0.0.1",
    port: worker.config.EGRESS_PORT,
    path: "http://other.test/",
    headers: { host: "other.test" },
    agent,
  }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  expect(response.statusCode).toBe(status);
  response.resume();
  await once(response, "end");
}

const searches = () => engine.calls.filter((call) => /^(inspect|list)/.test(call)).length;
const askers = () => refusals.map(({ instanceId }) => instanceId);

test("I3: an instance that asks a thousand times in a second is looked up once", async () => {
  ({ id: here } = await running());
  const before = searches();
  await Promise.all(Array.from({ length: 1000 }, ask));
  expect(searches() - before).toBe(1);
  expect(new Set(askers())).toEqual(new Set([here]));
  expect(refusals).toHaveLength(1000);
  sys.clock.advance(1000);
  await ask();
  expect(searches() - before).toBe(2);
});

test("I3: an address that went to another instance has that one's rights at once", async () => {
  const [first, second] = [await running(), await running()];
  here = first.id;
  await ask();
  await commandInstance(sys, first.owner, "remove", {
    instanceId: first.id,
    operationId: sys.random.uuid(),
  });
  await convergeInstance(made, first.id, new AbortController().signal);
  here = second.id;
  await ask();
  await ask();
  expect(askers()).toEqual([first.id, second.id, second.id]);
});

test("I3: while the database is away an instance reaches what it may, and one that was erased nothing", async () => {
  ({ id: here } = await running());
  await ask();
  away = true;
  onTestFinished(() => {
    away = false;
  });
  sys.clock.advance(1000);
  await ask();
  const sealed = await host.secrets.readInstance(here);
  await host.secrets.removeInstance(here);
  sys.clock.advance(1000);
  await ask(500);
  await host.secrets.writeInstance(here, sealed ?? "");
  sys.clock.advance(1000);
  await ask();
  expect(askers()).toEqual([here, here, here]);
});

test("I3: a member of the pool is known as the instance that claims it at once", async () => {
  const { id } = await running();
  here = sys.random.uuid();
  await engine.network(here);
  await sys.db.poolMember.create({
    data: {
      id: here,
      hostId: host.secrets.hostId,
      plan: "lite",
      madeFrom: "",
      state: "ready",
      deviceKey: new Uint8Array(8),
      createdAt: sys.clock.now(),
    },
  });
  await ask();
  await sys.db.poolMember.update({ where: { id: here }, data: { instanceId: id } });
  await ask();
  expect(askers()).toEqual([here, id]);
});
