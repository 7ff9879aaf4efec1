import {
  type AnyTRPCRouter,
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  isTrackedEnvelope,
  type TrackedEnvelope,
  tracked,
} from "@trpc/server";
import { z } from "zod";
import type { AppContext } from "./context.ts";
import { isAsyncIterable, trackedStreamOf } from "./stream-of.ts";
import { appRouterOf, type PublicError, publicError, publicProcedure } from "./trpc.ts";

/** Of one stream. A page has two or three. */
export const mostStreams = 16;
/** Of what comes back: a stream that fails so is tried again after this. */
const passing: ReadonlySet<string> = new Set(["SERVICE_UNAVAILABLE", "INTERNAL_SERVER_ERROR"]);
const pauseMs = 2000;
/** What failed before fails within this, if it does again: nobody is told that it goes on, and at once that it doesn't. */
const settleMs = 1000;
const streamId = z.string().min(1).max(20);

const followInput = z.strictObject({
  /** Subscriptions of this API, under ids that the caller chose. */
  streams: z
    .array(z.strictObject({ id: streamId, path: z.string().max(100), input: z.unknown() }))
    .min(1)
    .max(mostStreams)
    .refine((streams) => new Set(streams.map(({ id }) => id)).size === streams.length, "has an id twice"),
  /** Of the last event that arrived: how far each stream was. */
  lastEventId: z.string().max(4000).optional(),
});

const publicErrorSchema = z.custom<PublicError>((value) => typeof value === "object" && value !== null);

/** What happened in the stream of this id. `eventId`: of its own event, where it counts them. */
const streamEvent = z.discriminatedUnion("kind", [
  z.strictObject({ id: streamId, kind: z.literal("started") }),
  z.strictObject({
    id: streamId,
    kind: z.literal("data"),
    data: z.unknown(),
    eventId: z.string().optional(),
  }),
  /** It goes on by itself. */
  z.strictObject({ id: streamId, kind: z.literal("interrupted"), error: publicErrorSchema }),
  z.strictObject({ id: streamId, kind: z.literal("error"), error: publicErrorSchema }),
  z.strictObject({ id: streamId, kind: z.literal("end") }),
]);
export type StreamEvent = z.output<typeof streamEvent>;

/** `live.follow`, for the subscriptions of a router. Anybody may ask: each of them decides by itself. */
export const liveRouterOf = (router: AnyTRPCRouter) =>
  appRouterOf({
    follow: publicProcedure
      .input(followInput)
      .output(trackedStreamOf(streamEvent))
      .subscription(({ ctx, input, signal }) =>
        followStreams({ router, ctx, signal: signal ?? new AbortController().signal }, input),
      ),
  });

type Asked = z.output<typeof followInput>["streams"][number];
type Caller = { router: AnyTRPCRouter; ctx: AppContext; signal: AbortSignal };

const positions = z.record(streamId, z.string().max(200));

function positionsIn(lastEventId: string | undefined): Map<string, string> {
  if (lastEventId === undefined) return new Map();
  try {
    return new Map(Object.entries(positions.parse(JSON.parse(lastEventId))));
  } catch {
    return new Map();
  }
}

/**
 * Several subscriptions in one stream, as browsers keep six connections to a server at most. Each is called as if it were alone, with
 * everything that decides whether it may be; what refuses or ends one leaves the others alone. None is asked for more before its last
 * event was taken. The id of an event says how far every stream is, so that all go on from there after an interruption.
 */
async function* followStreams(
  caller: Caller,
  { streams, lastEventId }: z.output<typeof followInput>,
): AsyncGenerator<TrackedEnvelope<StreamEvent>, void, void> {
  const reached = positionsIn(lastEventId);
  const waiting: { event: StreamEvent; taken: () => void }[] = [];
  let wake = () => {};
  let open = streams.length;
  let over = false;

  const offer = (event: StreamEvent) =>
    new Promise<void>((taken) => {
      waiting.push({ event, taken });
      wake();
    });
  for (const asked of streams) {
    const pump = async () => {
      for await (const event of eventsOf(caller, asked, reached.get(asked.id))) {
        if (over) return;
        await offer(event);
      }
    };
    void pump().finally(() => {
      open -= 1;
      wake();
    });
  }

  try {
    while (open > 0 || waiting.length > 0) {
      const next = waiting.shift();
      if (!next) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const { event, taken } = next;
      if (event.kind === "data" && event.eventId !== undefined) reached.set(event.id, event.eventId);
      try {
        yield tracked(JSON.stringify(Object.fromEntries(reached)), event);
      } finally {
        taken();
      }
    }
  } finally {
    over = true;
    for (const { taken } of waiting) taken();
  }
}

async function* eventsOf(
  caller: Caller,
  asked: Asked,
  reached: string | undefined,
): AsyncGenerator<StreamEvent, void, void> {
  const { id } = asked;
  const { signal } = caller;
  let position = reached;
  let isInterrupted = false;
  while (!signal.aborted) {
    try {
      const items = (await subscribe(caller, asked, position))[Symbol.asyncIterator]();
      try {
        const first = isInterrupted ? items.next() : null;
        if (first) await Promise.race([first, pause(caller, settleMs)]);
        yield { id, kind: "started" };
        isInterrupted = false;
        for (let item = await (first ?? items.next()); !item.done; item = await items.next()) {
          if (!isTrackedEnvelope(item.value)) yield { id, kind: "data", data: item.value };
          else {
            position = item.value[0];
            yield { id, kind: "data", data: item.value[1], eventId: position };
          }
        }
      } finally {
        await items.return?.();
      }
      return yield { id, kind: "end" };
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause);
      if (!passing.has(error.code)) return yield { id, kind: "error", error: publicError(error) };
      if (!isInterrupted) yield { id, kind: "interrupted", error: publicError(error) };
      isInterrupted = true;
      await pause(caller, pauseMs);
    }
  }
}

const pause = ({ ctx, signal }: Caller, milliseconds: number): Promise<void> =>
  ctx.sys.clock.sleep(milliseconds, signal).catch(() => undefined);

async function subscribe(
  { router, ctx, signal }: Caller,
  { path, input }: Asked,
  position: string | undefined,
): Promise<AsyncIterable<unknown>> {
  const own = position === undefined ? input : { ...Object(input), lastEventId: position };
  // Refuses what is no subscription.
  const result = await callTRPCProcedure({
    router,
    path,
    type: "subscription",
    ctx: { ...ctx, carried: true },
    getRawInput: () => Promise.resolve(own),
    signal,
    batchIndex: 0,
  });
  if (!isAsyncIterable(result)) throw new Error(`${path} is no stream`);
  return result;
}
