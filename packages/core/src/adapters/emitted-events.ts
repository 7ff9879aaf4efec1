import type { EventEmitter } from "node:events";
import { DomainError } from "../errors.ts";

/** Of what waits for one reader: more than the longest log that comes at once, and less than hurts the process. */
const mostItems = 5000;
const mostCharacters = 2 ** 21;

/**
 * Every `item` emitted from the first read on, in order, until `end` is emitted or the signal aborts. An `error` is thrown. Items that
 * say nothing but that there is something to look at wait as one. Who falls far behind gets what waits and then worker.unreachable:
 * nothing more is listened to, and asking again goes on from there.
 */
export async function* emittedEvents<Item>(
  emitter: EventEmitter,
  signal: AbortSignal,
): AsyncGenerator<Item, void, void> {
  const waiting: { item: Item; characters: number }[] = [];
  let characters = 0;
  let end = null as { error?: unknown } | null;
  let wake = () => {};

  const take = (item: Item) => {
    if (item === undefined && waiting.length > 0) return;
    const own = JSON.stringify(item)?.length ?? 0;
    if (waiting.length >= mostItems || characters + own > mostCharacters)
      return fail(new DomainError("worker.unreachable"));
    waiting.push({ item, characters: own });
    characters += own;
    wake();
  };
  const fail = (error: unknown) => finish({ error });
  const complete = () => finish({});
  const finish = (how: { error?: unknown }) => {
    end ??= how;
    forget();
    wake();
  };
  const forget = () => {
    emitter.off("item", take).off("error", fail).off("end", complete);
    signal.removeEventListener("abort", complete);
  };

  emitter.on("item", take).on("error", fail).on("end", complete);
  signal.addEventListener("abort", complete);
  if (signal.aborted) complete();
  try {
    for (;;) {
      const next = waiting.shift();
      if (next) {
        characters -= next.characters;
        yield next.item;
      } else if (end) break;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    forget();
  }
  if (end.error && !signal.aborted) throw end.error;
}
