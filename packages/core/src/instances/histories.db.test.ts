import { expect, inject, test } from "vitest";
import { runFaultHistory } from "../testing/fault-history.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost } from "../testing/test-worker.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const seeds = Array.from({ length: inject("histories") ?? 4 }, (_, index) => index + 1);

test.each(seeds)(
  "B5: after the mishaps of seed %i, everything is as its owner wants it within a minute",
  async (seed) => {
    expect(await runFaultHistory(sys, host, seed)).toEqual([]);
  },
);
