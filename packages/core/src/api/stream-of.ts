import { isTrackedEnvelope, type TrackedEnvelope, tracked } from "@trpc/server";
import { z } from "zod";

/** Output of a subscription: every item passes the schema before it leaves. */
export function streamOf<Item extends z.ZodType>(item: Item) {
  return z
    .custom<AsyncIterable<z.input<Item>, void, void>>(isAsyncIterable)
    .transform(async function* (stream): AsyncGenerator<z.output<Item>, void, void> {
      for await (const value of stream) yield item.parse(value);
    });
}

/** As `streamOf`, for items that carry an id: a client that comes back continues after the last one it saw. */
export function trackedStreamOf<Item extends z.ZodType>(item: Item) {
  return z
    .custom<AsyncIterable<TrackedEnvelope<z.input<Item>>, void, void>>(isAsyncIterable)
    .transform(async function* (stream): AsyncGenerator<TrackedEnvelope<z.output<Item>>, void, void> {
      for await (const value of stream) {
        if (!isTrackedEnvelope(value)) throw new Error("a tracked stream yields tracked items");
        yield tracked(value[0], item.parse(value[1]));
      }
    });
}

export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;
