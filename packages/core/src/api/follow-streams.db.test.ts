import { TRPCError, tracked } from "@trpc/server";
import { expect, test } from "vitest";
import { z } from "zod";
import { DomainError } from "../errors.ts";
import type { UserActor } from "../system.ts";
import { createUser } from "../testing/create-user.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createAppContext } from "./context.ts";
import { liveRouterOf, type StreamEvent } from "./follow-streams.ts";
import { streamOf, trackedStreamOf } from "./stream-of.ts";
import { accountProcedure, appRouterOf, createAppCaller, publicProcedure } from "./trpc.ts";

const sys = await createTestSystem();
const nothing = z.strictObject({});
const numbers = z.strictObject({ to: z.number(), lastEventId: z.string().optional() });
let failures = 0;
let closed = 0;
let abandoned = 0;

const follow = liveRouterOf(
  appRouterOf({
    count: publicProcedure
      .input(numbers)
      .output(trackedStreamOf(z.number()))
      .subscription(async function* ({ input }) {
        for (let n = Number(input.lastEventId ?? 0) + 1; n <= input.to; n++) yield tracked(String(n), n);
      }),
    idle: publicProcedure
      .input(nothing)
      .output(streamOf(z.number()))
      .subscription(async function* ({ signal }) {
        yield 0;
        await new Promise((resolve) =>
          signal?.aborted ? resolve(null) : signal?.addEventListener("abort", resolve),
        );
        closed += 1;
      }),
    endless: publicProcedure
      .input(nothing)
      .output(streamOf(z.number()))
      .subscription(async function* () {
        try {
          for (let n = 0; ; n++) yield n;
        } finally {
          abandoned += 1;
        }
      }),
    refused: publicProcedure
      .input(nothing)
      .output(streamOf(z.number()))
      .subscription(async function* () {
        yield 1;
        throw new DomainError("instance.missing");
      }),
    away: publicProcedure
      .input(nothing)
      .output(streamOf(z.number()))
      .subscription(async function* () {
        failures += 1;
        if (failures <= 2) throw new DomainError("worker.unreachable");
        yield 1;
      }),
    own: accountProcedure
      .input(nothing)
      .output(streamOf(z.number()))
      .subscription(async function* () {
        yield 1;
      }),
    asked: publicProcedure
      .input(nothing)
      .output(nothing)
      .query(() => ({})),
  }),
);

type Asked = { id: string; path: string; input?: object };

async function open(
  streams: Asked[],
  { lastEventId, signal, actor }: { lastEventId?: string; signal?: AbortSignal; actor?: UserActor } = {},
) {
  const request = { method: "GET", headers: new Headers(), remoteAddress: "192.0.2.9" };
  const context = { ...(await createAppContext(sys, request)), ...(actor && { actor }) };
  const caller = createAppCaller(follow)(context, signal ? { signal } : {});
  const stream = await caller.follow({
    streams: streams.map((stream) => ({ input: {}, ...stream })),
    ...(lastEventId !== undefined && { lastEventId }),
  });
  return stream as AsyncIterable<[string, StreamEvent, symbol]>;
}

async function heard(stream: AsyncIterable<[string, StreamEvent, symbol]>) {
  const events: { at: string; event: StreamEvent }[] = [];
  for await (const [at, event] of stream) events.push({ at, event });
  return events;
}
const of = (events: { event: StreamEvent }[], id: string) =>
  events.flatMap(({ event: { id: own, ...event } }) => (own === id ? [event] : []));

test("each stream is as if it were alone, and none ends another", async () => {
  const events = await heard(
    await open([
      { id: "a", path: "count", input: { to: 2 } },
      { id: "b", path: "refused" },
      { id: "c", path: "count", input: { to: 1 } },
    ]),
  );
  const data = (n: number) => ({ kind: "data", data: n, eventId: String(n) });
  expect(of(events, "a")).toEqual([{ kind: "started" }, data(1), data(2), { kind: "end" }]);
  expect(of(events, "c")).toEqual([{ kind: "started" }, data(1), { kind: "end" }]);
  expect(of(events, "b")).toEqual([
    { kind: "started" },
    { kind: "data", data: 1 },
    { kind: "error", error: expect.objectContaining({ code: "instance.missing" }) },
  ]);
});

test.each([
  ["what only its owner may follow", "own", "auth.required"],
  ["what is no stream", "asked", "input.invalid"],
  ["what isn't there", "nothing.here", "input.invalid"],
  ["itself", "follow", "input.invalid"],
  ["what all objects have", "constructor", "input.invalid"],
])("V1: %s is refused as if it were asked for alone", async (_, path, code) => {
  const events = await heard(await open([{ id: "a", path }]));
  expect(of(events, "a")).toEqual([{ kind: "error", error: expect.objectContaining({ code }) }]);
});

test("V1: the input of each is looked at", async () => {
  const events = await heard(await open([{ id: "a", path: "count", input: { to: 1, more: true } }]));
  expect(of(events, "a")).toEqual([
    {
      kind: "error",
      error: expect.objectContaining({ code: "input.invalid", fields: { more: [expect.any(String)] } }),
    },
  ]);
});

test("V1: more streams than any page has, and one id for two of them, are refused", async () => {
  const many = Array.from({ length: 17 }, (_, n) => ({ id: String(n), path: "idle" }));
  await expect(open(many)).rejects.toBeInstanceOf(TRPCError);
  await expect(open([many[0], many[0]].flatMap((one) => one ?? []))).rejects.toBeInstanceOf(TRPCError);
});

test("after an interruption each goes on where it was; what can't be a position is none", async () => {
  const streams = [
    { id: "a", path: "count", input: { to: 4 } },
    { id: "b", path: "count", input: { to: 3 } },
  ];
  const all = await heard(await open(streams));
  const half = all.findIndex(({ event }) => event.kind === "data" && event.data === 2);
  const before = all.slice(0, half + 1);
  const rest = await heard(await open(streams, { lastEventId: all[half]?.at ?? "" }));
  for (const { id, input } of streams) {
    const told = [...of(before, id), ...of(rest, id)].flatMap((event) =>
      event.kind === "data" ? [event.data] : [],
    );
    expect(told).toEqual(Array.from({ length: input.to }, (_, n) => n + 1));
  }
  for (const lastEventId of ["7", "{", '{"a":{}}', "[]"])
    expect(of(await heard(await open(streams, { lastEventId })), "a")).toHaveLength(6);
});

test("one that has nothing to tell holds up nobody, and ends with who followed it", async () => {
  const leaving = new AbortController();
  const stream = await open(
    [
      { id: "a", path: "idle" },
      { id: "b", path: "count", input: { to: 50 } },
    ],
    { signal: leaving.signal },
  );
  const seen: { event: StreamEvent }[] = [];
  for await (const [, event] of stream) {
    seen.push({ event });
    if (event.id === "b" && event.kind === "end") leaving.abort();
  }
  expect(of(seen, "b")).toHaveLength(52);
  expect(of(seen, "a").slice(0, 2)).toEqual([{ kind: "started" }, { kind: "data", data: 0 }]);
  await expect.poll(() => closed).toBe(1);
});

test("who stops listening in the middle of an event closes what it followed", async () => {
  const stream = await open([{ id: "a", path: "endless" }]);
  for await (const [, event] of stream) if (event.kind === "data") break;
  await expect.poll(() => abandoned).toBe(1);
});

test("what comes back by itself is tried again, and until it does nobody is told that it goes on", async () => {
  const events = heard(await open([{ id: "a", path: "away" }]));
  await expect
    .poll(() => {
      sys.clock.advance(1000);
      return failures;
    })
    .toBe(3);
  expect(of(await events, "a")).toEqual([
    { kind: "started" },
    { kind: "interrupted", error: expect.objectContaining({ code: "worker.unreachable" }) },
    { kind: "started" },
    { kind: "data", data: 1 },
    { kind: "end" },
  ]);
});

test("an account has so many streams open and no more, until one ends", async () => {
  const [actor, another] = [await createUser(sys), await createUser(sys)];
  const leaving = new AbortController();
  const begin = async (who: UserActor, signal = leaving.signal) => {
    const streams = ["a", "b"].map((id) => ({ id, path: "idle" }));
    const events = (await open(streams, { signal, actor: who }))[Symbol.asyncIterator]();
    expect((await events.next()).value?.[1]).toMatchObject({ kind: "started" });
    return events;
  };
  const expectRefusal = () =>
    expect(begin(actor)).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      cause: { code: "live.limit-reached", details: { limit: 20 } },
    });
  const broken = new AbortController();
  const first = await begin(actor, broken.signal);
  const second = await begin(actor);
  for (let n = 2; n < 20; n++) await begin(actor);
  await expectRefusal();
  await begin(another);

  await second.return?.();
  await begin(actor);
  await expectRefusal();

  broken.abort();
  while (!(await first.next()).done);
  await begin(actor);
  await expectRefusal();
  leaving.abort();
});
