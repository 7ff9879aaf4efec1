import { describe, expect, test } from "vitest";
import {
  deathOf,
  deathsWithThis,
  isDiskFull,
  isGivenUp,
  mayMakeRoom,
  refusalOf,
  restOf,
  slugOf,
  wishOf,
} from "./rules.ts";

const draft = { desired: "draft", status: "draft", deployed: false, open: null } as const;
const running = { desired: "running", status: "running", deployed: true, open: null } as const;
const removing = { desired: "removed", status: "removing", deployed: true, open: null } as const;

describe("commands", () => {
  test("a draft can be deployed and removed, and nothing else", () => {
    const refusals = (["deploy", "remove", "start", "stop", "restart", "kill"] as const).map((kind) =>
      refusalOf(kind, draft),
    );
    expect(refusals).toEqual([null, null, ...Array(4).fill("instance.not-deployed")]);
    expect(refusalOf("rotate", draft)).toBe("instance.not-running");
  });

  test("R5: a running instance takes every command", () => {
    for (const kind of ["deploy", "start", "stop", "restart", "kill", "remove", "rotate"] as const)
      expect(refusalOf(kind, running)).toBeNull();
  });

  test("B3: nothing but an end breaks off a restore or an upgrade, and a backup breaks off nothing", () => {
    for (const open of ["restore", "upgrade"] as const) {
      const changing = { ...running, status: "starting", open } as const;
      for (const kind of ["deploy", "start", "restart", "backup", "restore", "upgrade"] as const)
        expect(refusalOf(kind, changing)).toBe("instance.busy");
      for (const kind of ["stop", "kill", "remove"] as const) expect(refusalOf(kind, changing)).toBeNull();
      expect(refusalOf("rotate", { ...changing, status: "running" })).toBe("instance.busy");
    }
    for (const kind of ["backup", "restore"] as const) {
      expect(refusalOf(kind, { ...running, open: "start" })).toBe("instance.busy");
      expect(refusalOf(kind, draft)).toBe("instance.not-deployed");
    }
    expect(refusalOf("restart", { ...running, open: "backup" })).toBeNull();
  });

  test("D4: an instance that is being removed takes none, and removing it twice is one removal", () => {
    for (const kind of ["deploy", "start", "stop", "restart", "kill", "rotate"] as const) {
      expect(refusalOf(kind, removing)).toBe("instance.removed");
    }
    expect(refusalOf("remove", removing)).toBeNull();
  });

  test("a command clears the reason of the state before", () => {
    expect(wishOf("start")).toEqual({ desired: "running", status: "starting", reason: null });
  });

  test("A9: a rotation moves the instance nowhere", () => {
    expect(wishOf("rotate")).toEqual({});
  });
});

describe("R2: deaths", () => {
  const startedAt = new Date("2026-03-01T12:00:00Z");
  const later = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000);
  const exit = { exitCode: 1, outOfMemory: false, startedAt };

  test.each([
    ["a program that failed", exit, null, "instance.crashed"],
    ["one that was killed", { ...exit, exitCode: 137 }, null, "instance.ended"],
    ["one that was lost with the engine", { ...exit, exitCode: 255 }, null, "instance.ended"],
    ["a container that is gone", null, null, "instance.ended"],
    ["one that took too much memory", { ...exit, outOfMemory: true }, null, "instance.out-of-memory"],
    ["one whose child took too much memory", exit, later(5), "instance.out-of-memory"],
    ["one whose child did in its life before", exit, later(-5), "instance.crashed"],
  ] as const)("%s is understood", (_, container, outOfMemoryAt, reason) => {
    expect(deathOf(container, outOfMemoryAt)).toBe(reason);
  });

  test("the first is followed by a start at once, each further one by twice the rest", () => {
    const rests = [1, 2, 3, 4].map((deaths) => restOf({ deaths, diedAt: startedAt }, startedAt));
    expect(rests).toEqual([0, 5000, 10_000, 20_000]);
    expect(restOf({ deaths: 3, diedAt: startedAt }, later(4))).toBe(6000);
    expect(restOf({ deaths: 3, diedAt: startedAt }, later(60))).toBe(0);
  });

  test("the fifth is the last, unless it was well for ten minutes in between", () => {
    const deaths = { deaths: 4, diedAt: startedAt };
    expect(isGivenUp(deathsWithThis(deaths, later(599)))).toBe(true);
    expect(deathsWithThis(deaths, later(601))).toBe(1);
  });

  test("a clock that is set back by an hour keeps nothing down", () => {
    expect(restOf({ deaths: 4, diedAt: later(3600) }, startedAt)).toBe(0);
    expect(deathsWithThis({ deaths: 4, diedAt: later(3600) }, startedAt)).toBe(1);
  });
});

test.each([
  ["a disk of its own, nearly full", { usedBytes: 98, sizeBytes: 100 }, true],
  ["a disk of its own with room", { usedBytes: 97, sizeBytes: 100 }, false],
  ["a shared one, at its quota", { usedBytes: 200, sizeBytes: null }, true],
  ["a shared one, below its quota", { usedBytes: 199, sizeBytes: null }, false],
])("I2: %s is judged", (_, use, full) => {
  expect(isDiskFull(use, 200)).toBe(full);
});

test.each([
  ["a shared one, somewhat above its quota", { usedBytes: 300, sizeBytes: null }, true],
  ["a shared one, far above it", { usedBytes: 301, sizeBytes: null }, false],
  ["a disk of its own, larger than today's quota", { usedBytes: 600, sizeBytes: 600 }, true],
])("I2: after a command, %s may be given time to make room", (_, use, may) => {
  const finishedAt = new Date(0);
  expect(mayMakeRoom(use, 200, finishedAt, new Date(599_000))).toBe(may);
  expect(mayMakeRoom(use, 200, finishedAt, new Date(600_000))).toBe(false);
});

describe("host names", () => {
  const entropy = new Uint8Array([0, 1, 2, 3, 4, 5]);

  test.each([
    ["Ada", "ada-abcdef"],
    ["  Größe & Mut! ", "gro-e-mut-abcdef"],
    ["日本", "assistant-abcdef"],
    ["a".repeat(40), `${"a".repeat(24)}-abcdef`],
    ["--x--", "x-abcdef"],
  ])("%j becomes the label %s", (name, slug) => {
    expect(slugOf(name, entropy)).toBe(slug);
  });

  test("is a valid DNS label whatever the name", () => {
    for (const name of ["🦞", ".", "A.B.C", "x y z", "ÀÉÎ", "-"]) {
      expect(slugOf(name, entropy)).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/);
    }
  });
});
