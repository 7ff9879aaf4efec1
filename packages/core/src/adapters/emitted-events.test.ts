import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { emittedEvents } from "./emitted-events.ts";

async function reading<Item>() {
  const emitter = new EventEmitter();
  const stop = new AbortController();
  const items = emittedEvents<Item>(emitter, stop.signal);
  const first = items.next();
  return { emitter, stop, items, first };
}

test("what is emitted is read in order, then the end, or the error", async () => {
  for (const [event, error] of [["end"], ["error", new Error("broken")]] as const) {
    const { emitter, items, first } = await reading<number>();
    for (let n = 0; n < 3; n++) emitter.emit("item", n);
    emitter.emit(event, error);
    expect([await first, await items.next(), await items.next()].map(({ value }) => value)).toEqual([
      0, 1, 2,
    ]);
    if (error) await expect(items.next()).rejects.toBe(error);
    else expect(await items.next()).toEqual({ done: true, value: undefined });
    expect(emitter.eventNames()).toEqual([]);
  }
});

test("the signal ends the wait", async () => {
  const { emitter, stop, first } = await reading<number>();
  stop.abort();
  expect(await first).toEqual({ done: true, value: undefined });
  expect(emitter.eventNames()).toEqual([]);
});

test.each([
  ["many", 100_000, "x"],
  ["large", 100, "x".repeat(2 ** 20)],
])("a reader that stays behind %s items is let go, and they are not kept", async (_, count, item) => {
  const { emitter, items, first } = await reading<string>();
  let emitted = 0;
  while (emitter.emit("item", item) && emitted < count) emitted += 1;
  expect(emitted).toBeLessThan(count / 10);
  expect(emitter.eventNames()).toEqual([]);

  expect((await first).value).toBe(item);
  const rest = async () => {
    for await (const next of items) expect(next).toBe(item);
  };
  await expect(rest()).rejects.toMatchObject({ code: "worker.unreachable" });
});

test("of items that only say that something changed one waits", async () => {
  const { emitter, stop, items, first } = await reading<void>();
  for (let n = 0; n < 100_000; n++) emitter.emit("item");
  expect((await first).done).toBe(false);
  stop.abort();
  expect((await items.next()).done).toBe(true);
});
