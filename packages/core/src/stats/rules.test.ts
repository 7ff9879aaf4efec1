import { describe, expect, test } from "vitest";
import { combine, ranges, resolutions, type Span, startOfSpan, usageBetween } from "./rules.ts";

const reading = {
  instanceId: "7b0a1c52-6f0e-4a0b-9d53-0f6d2b1c9e11",
  at: new Date(0),
  cpuMicroseconds: 1_000_000,
  receivedBytes: 5000,
  sentBytes: 700,
  memoryBytes: 100,
  memoryLimit: 2048,
  milliCpus: 2000,
};
const room = { diskBytes: 10, diskLimit: 1000 };

describe("R2: what an instance took between two readings", () => {
  test("is told by the second and in thousandths of a CPU, with what it holds now", () => {
    const after = {
      ...reading,
      at: new Date(2000),
      cpuMicroseconds: 2_000_000,
      receivedBytes: 9000,
      sentBytes: 800,
      memoryBytes: 300,
    };
    expect(usageBetween(reading, after, room)).toEqual({
      milliCpus: 500,
      receivedPerSecond: 2000,
      sentPerSecond: 50,
      memoryBytes: 300,
      milliCpusLimit: 2000,
      memoryLimit: 2048,
      diskBytes: 10,
      diskLimit: 1000,
    });
  });

  test.each([
    ["began anew with a new container", { at: new Date(2000), cpuMicroseconds: 10 }],
    ["began anew with a new network", { at: new Date(2000), receivedBytes: 0 }],
    ["are of a clock that was set back", { at: new Date(-60_000) }],
    ["are of the same moment", {}],
  ])("is unknown when the counters %s", (_why, changes) => {
    expect(usageBetween(reading, { ...reading, ...changes }, room)).toBeNull();
  });
});

describe("what is remembered", () => {
  const span = (changes: Partial<Span>): Span => ({
    readings: 1,
    milliCpus: 0,
    receivedPerSecond: 0,
    sentPerSecond: 0,
    memoryBytes: 0,
    diskBytes: null,
    milliCpusLimit: 2000,
    memoryLimit: 2048,
    diskLimit: 1000,
    ...changes,
  });

  test("is the average of CPU and network, however many readings each part has, and the peak of memory and disk", () => {
    const calm = span({ readings: 3, milliCpus: 10, receivedPerSecond: 40, memoryBytes: 900, diskBytes: 5 });
    const busy = span({ milliCpus: 50, sentPerSecond: 8, memoryBytes: 300, memoryLimit: 4096, diskBytes: 7 });
    expect(combine(calm, busy)).toEqual(
      span({
        readings: 4,
        milliCpus: 20,
        receivedPerSecond: 30,
        sentPerSecond: 2,
        memoryBytes: 900,
        memoryLimit: 4096,
        diskBytes: 7,
      }),
    );
    expect(combine(undefined, busy)).toEqual(busy);
  });

  test("keeps the disk that was measured when it was not measured again", () => {
    expect(combine(span({ diskBytes: 7 }), span({})).diskBytes).toBe(7);
    expect(combine(span({}), span({ diskBytes: 7 })).diskBytes).toBe(7);
    expect(combine(span({}), span({})).diskBytes).toBeNull();
  });

  test("reaches as far back as every range that is shown, in no more than 720 points", () => {
    for (const { length, seconds } of Object.values(ranges)) {
      const resolution = resolutions.find((candidate) => candidate.seconds === seconds);
      expect(resolution?.kept).toBeGreaterThanOrEqual(length);
      expect(length / seconds).toBeLessThanOrEqual(720);
    }
  });

  test("has spans that begin together on every host", () => {
    const moment = new Date("2026-03-01T12:34:56.789Z");
    const starts = resolutions.map(({ seconds }) => startOfSpan(moment, seconds).toISOString());
    expect(starts).toEqual([
      "2026-03-01T12:34:00.000Z",
      "2026-03-01T12:30:00.000Z",
      "2026-03-01T12:00:00.000Z",
    ]);
  });
});
