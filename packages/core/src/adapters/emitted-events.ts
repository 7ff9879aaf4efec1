import { type EventEmitter, on } from "node:events";

/** Every `item` emitted from the first read on, in order, until `end` is emitted or the signal aborts. An `error` is thrown. */
export async function* emittedEvents<Item>(
  emitter: EventEmitter,
  signal: AbortSignal,
): AsyncGenerator<Item, void, void> {
  try {
    for await (const [item] of on(emitter, "item", { signal, close: ["end"] })) yield item;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
