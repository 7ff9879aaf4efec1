import { createLog } from "@openclaw-launch/core/adapters/log";
import { FakeClock } from "@openclaw-launch/core/testing/fake-clock";
import { expect, test } from "vitest";
import { repeat } from "./repeat.ts";

test("R2: a step that fails is named, keeps none of the others from its work, and is tried again", async () => {
  const clock = new FakeClock(new Date("2026-03-01T12:00:00Z"));
  const lines: string[] = [];
  const log = createLog("debug", { write: (line) => void lines.push(line) });
  const stop = new AbortController();
  const taken: string[] = [];
  const steps = {
    write: async () => {
      taken.push("write");
      throw new Error("no space left on device");
    },
    makeRoom: async () => void taken.push("makeRoom"),
  };
  const repeating = repeat({ clock, log }, steps, 1000, stop.signal);
  await expect.poll(() => taken).toEqual(["write", "makeRoom"]);
  await expect
    .poll(() => {
      clock.advance(1000);
      return taken.slice(0, 4);
    })
    .toEqual(["write", "makeRoom", "write", "makeRoom"]);
  stop.abort();
  await repeating;
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    step: "write",
    err: { message: "no space left on device" },
  });
});
