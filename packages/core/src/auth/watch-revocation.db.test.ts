import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Actor } from "../system.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { whileSignedIn } from "./watch-revocation.ts";

const sys = await createTestSystem();
const client = { ip: "192.0.2.7", userAgent: "", deviceHash: null };

/** Of a session that ended. */
const actor = (): Actor => ({
  kind: "user",
  userId: sys.random.uuid(),
  sessionId: sys.random.uuid(),
  provenAt: null,
  ...client,
});

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

async function* produce<T>(make: (n: number) => T): AsyncGenerator<T, void, void> {
  for (let n = 0; ; n++) yield make(n);
}

test("A10: a stream whose session ended between two items gives no further one", async () => {
  const stream = whileSignedIn(
    sys,
    actor(),
    produce((n) => n),
  );
  const drain = async () => {
    for (let next = await stream.next(); !next.done; next = await stream.next()) {
      sys.clock.advance(1000);
      await nextTurn();
    }
  };
  await expect(drain()).rejects.toMatchObject({ code: "auth.required" });
});

test("an open stream does not hold what was taken from it", async () => {
  let isHeld = true;
  const registry = new FinalizationRegistry(() => {
    isHeld = false;
  });
  const stream = whileSignedIn(
    sys,
    actor(),
    produce((n) => {
      const item = { n };
      if (n === 0) registry.register(item, n);
      return item;
    }),
  );
  for (let n = 0; n < 3; n++) await stream.next();
  await expect
    .poll(() => {
      collectGarbage();
      return isHeld;
    })
    .toBe(false);
  await stream.return();
});
