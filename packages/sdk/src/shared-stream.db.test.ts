// All subscriptions of a client against the real API, over its one stream.
import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { createTestSystem } from "@openclaw-launch/core/testing/test-system";
import { expect, test } from "vitest";
import { createLaunch } from "./client.ts";
import { toLaunchError } from "./errors.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { startServer } from "./testing/start-server.ts";

const sys = await createTestSystem();
const url = await startServer(sys);

/** A client, and how many of its live streams are open. */
async function owner() {
  const open = new Set<AbortSignal>();
  let opened = 0;
  let failing: number | null = null;
  const clock = new ManualClock();
  const launch = createLaunch({
    url,
    clock,
    fetch: async (input, init) => {
      const streams = new Headers(init?.headers).get("accept")?.includes("event-stream");
      const { signal } = init ?? {};
      if (streams && signal) {
        opened += 1;
        open.add(signal);
        signal.addEventListener("abort", () => open.delete(signal));
        if (failing) return new Response("<h1>Bad gateway</h1>", { status: failing });
      }
      return fetch(input, init);
    },
  });
  await launch.signUp({
    email: `${crypto.randomUUID()}@example.org`,
    password: `correct ${crypto.randomUUID()}`,
  });
  const create = async (name: string) => {
    const wish = { id: crypto.randomUUID(), name, model: "openai/gpt-5-mini", channels: [] };
    return (await launch.api.instances.create.mutate(wish)).id;
  };
  /** With which status something else answers in the server's place. */
  const fail = (status: number | null) => {
    failing = status;
  };
  return { launch, create, clock, fail, streams: () => ({ open: open.size, opened }) };
}

/** What a subscription hears. */
function listener() {
  const names: string[] = [];
  const refusals: string[] = [];
  const interruptions: string[] = [];
  let starts = 0;
  return {
    names,
    refusals,
    interruptions,
    starts: () => starts,
    onStarted: () => {
      starts += 1;
    },
    onData: ({ name }: InstanceView) => void names.push(name),
    onConnectionStateChange: ({ error }: { error: unknown }) =>
      void (error && interruptions.push(toLaunchError(error).code)),
    onError: (error: unknown) => void refusals.push(toLaunchError(error).code),
  };
}

test("all subscriptions share one stream, each hears its own, and those that stay outlive those that go", async () => {
  const { launch, create, streams } = await owner();
  const [ada, bob] = [await create("Ada"), await create("Bob")];
  const [all, one, other] = [listener(), listener(), listener()];
  const changes = launch.api.instances.changes.subscribe({}, all);
  const events = launch.api.instances.events.subscribe({ instanceId: ada }, one);
  await expect.poll(() => [all.names.toSorted(), one.names]).toEqual([["Ada", "Bob"], ["Ada"]]);
  expect(streams()).toEqual({ open: 1, opened: 1 });

  const later = launch.api.instances.events.subscribe({ instanceId: bob }, other);
  await expect.poll(() => other.names).toEqual(["Bob"]);
  expect(streams()).toEqual({ open: 1, opened: 2 });
  expect(one.starts()).toBe(2);

  events.unsubscribe();
  await expect.poll(streams).toEqual({ open: 1, opened: 3 });
  await expect.poll(() => other.starts()).toBe(2);
  const heard = one.names.length;
  await launch.api.instances.rename.mutate({ instanceId: ada, name: "Augusta" });
  await expect.poll(() => all.names).toContain("Augusta");
  expect(one.names).toHaveLength(heard);

  changes.unsubscribe();
  later.unsubscribe();
  await expect.poll(() => streams().open).toBe(0);
});

test("a program follows more than one stream can carry", async () => {
  const { launch, create, streams } = await owner();
  const id = await create("Ada");
  const listeners = Array.from({ length: 20 }, listener);
  const all = listeners.map((each) => launch.api.instances.events.subscribe({ instanceId: id }, each));
  await expect.poll(() => listeners.map(({ names }) => names)).toEqual(listeners.map(() => ["Ada"]));
  expect(streams()).toEqual({ open: 2, opened: 2 });
  for (const each of all) each.unsubscribe();
  await expect.poll(() => streams().open).toBe(0);
});

test("what follows something outlives that another answers in the server's place", async () => {
  const { launch, create, clock, fail, streams } = await owner();
  const id = await create("Ada");
  const [all, one] = [listener(), listener()];
  const changes = launch.api.instances.changes.subscribe({}, all);
  await expect.poll(() => all.names).toEqual(["Ada"]);

  fail(502);
  const events = launch.api.instances.events.subscribe({ instanceId: id }, one);
  await expect.poll(() => one.interruptions).toEqual(["client.unreachable"]);
  expect(all.interruptions).toEqual(["client.unreachable"]);
  clock.advance(1000);
  await expect.poll(() => one.interruptions).toHaveLength(2);

  fail(null);
  clock.advance(2000);
  await expect.poll(() => [all.names, one.names]).toEqual([["Ada", "Ada"], ["Ada"]]);
  await launch.api.instances.rename.mutate({ instanceId: id, name: "Augusta" });
  await expect.poll(() => [all.names.at(-1), one.names.at(-1)]).toEqual(["Augusta", "Augusta"]);
  expect([all.refusals, one.refusals]).toEqual([[], []]);
  changes.unsubscribe();
  events.unsubscribe();
  await expect.poll(() => streams().open).toBe(0);
});

test("an answer that stays the same, and a mistake of one's own, end what is followed", async () => {
  const { launch, create, fail } = await owner();
  await create("Ada");
  const [mistaken, forbidden] = [listener(), listener()];
  launch.api.instances.changes.subscribe(
    {},
    {
      ...mistaken,
      onData: () => {
        throw new Error("a mistake");
      },
    },
  );
  await expect.poll(() => mistaken.refusals).toEqual(["client.unreachable"]);
  fail(403);
  launch.api.instances.changes.subscribe({}, forbidden);
  await expect.poll(() => forbidden.refusals).toEqual(["client.unreachable"]);
});

test("a token that is none ends what it follows", async () => {
  const launch = createLaunch({ url, token: "ocl_none" });
  const all = listener();
  launch.api.instances.changes.subscribe({}, all);
  await expect.poll(() => all.refusals).toEqual(["auth.required"]);
});

test("I1: another's instance is refused to the one who asks for it, and nothing else stops", async () => {
  const { create } = await owner();
  const theirs = await create("Eve");
  const { launch, create: createOwn } = await owner();
  const own = await createOwn("Ada");
  const [mine, foreign] = [listener(), listener()];
  const changes = launch.api.instances.changes.subscribe({}, mine);
  launch.api.instances.events.subscribe({ instanceId: theirs }, foreign);
  await expect.poll(() => foreign.refusals).toEqual(["instance.missing"]);
  expect(foreign.names).toEqual([]);
  await launch.api.instances.rename.mutate({ instanceId: own, name: "Augusta" });
  await expect.poll(() => mine.names).toEqual(["Ada", "Augusta"]);
  expect(mine.refusals).toEqual([]);
  changes.unsubscribe();
});

test("A7: all of them end with the session", async () => {
  const { launch, create } = await owner();
  const id = await create("Ada");
  const [all, one] = [listener(), listener()];
  launch.api.instances.changes.subscribe({}, all);
  launch.api.instances.events.subscribe({ instanceId: id }, one);
  await expect.poll(() => [all.names, one.names]).toEqual([["Ada"], ["Ada"]]);
  await sys.db.session.deleteMany();
  await expect
    .poll(() => {
      sys.clock.advance(1000);
      return [all.refusals, one.refusals];
    })
    .toEqual([["auth.required"], ["auth.required"]]);
});
