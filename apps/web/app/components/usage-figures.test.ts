import { expect, test } from "vitest";
import { bytesText, cpusText, percentText, ticksOf, ticksUpTo, withGaps } from "./usage-figures";

test("amounts have a unit and at most three figures", () => {
  const [mb, gb] = [1024 ** 2, 1024 ** 3];
  expect([0, 999, 1000, 9.44 * mb, 512 * mb, 1023 * mb, 1.021 * gb, 20.5 * gb].map(bytesText)).toEqual([
    "0 B",
    "999 B",
    "0.98 kB",
    "9.44 MB",
    "512 MB",
    "1 GB",
    "1.02 GB",
    "20.5 GB",
  ]);
  expect([0, 0.04, 3.14, 99.6].map(percentText)).toEqual(["0 %", "0 %", "3.1 %", "100 %"]);
  expect([1000, 2000, 500].map(cpusText)).toEqual(["1 CPU", "2 CPUs", "0.5 CPUs"]);
});

test("a scale ends with a round number above every value", () => {
  expect(ticksUpTo(3, 10)).toEqual([0, 5, 10]);
  expect(ticksUpTo(10.1, 10)).toEqual([0, 10, 20]);
  expect(ticksUpTo(21, 10)).toEqual([0, 25, 50]);
  expect(ticksUpTo(51, 10)).toEqual([0, 50, 100]);
  expect(ticksUpTo(0, 1000)).toEqual([0, 500, 1000]);
  const gb = 1024 ** 3;
  expect([2, 1.95, 3, 0.5].map((limit) => ticksOf(limit * gb).map(bytesText))).toEqual([
    ["0 B", "1 GB", "2 GB"],
    ["0 B", "1 GB", "1.95 GB"],
    ["0 B", "1.5 GB", "3 GB"],
    ["0 B", "256 MB", "512 MB"],
  ]);
});

test("a line is broken where an assistant did not run, and only there", () => {
  const point = (seconds: number) => ({
    at: new Date(seconds * 1000),
    milliCpus: 1,
    receivedPerSecond: 1,
    sentPerSecond: 1,
    memoryBytes: 1,
    diskBytes: null,
    milliCpusLimit: 1,
    memoryLimit: 1,
    diskLimit: 1,
  });
  const times = (at: number[], seconds: number) =>
    withGaps(at.map(point), seconds).map(({ time, point: shown }) => (shown ? time : `gap at ${time}`));
  expect(times([0, 2, 14, 60], 2)).toEqual([0, 2, 14, "gap at 58", 60]);
  expect(times([0, 60, 180, 600], 60)).toEqual([0, 60, 180, "gap at 540", 600]);
});
