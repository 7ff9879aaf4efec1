import { describe, expect, test } from "vitest";
import { refusalOf, slugOf, wishOf } from "./rules.ts";

const draft = { desired: "draft", status: "draft", deployed: false } as const;
const running = { desired: "running", status: "running", deployed: true } as const;
const removing = { desired: "removed", status: "removing", deployed: true } as const;

describe("commands", () => {
  test("a draft can be deployed and removed, and nothing else", () => {
    const refusals = (["deploy", "remove", "start", "stop", "restart", "kill"] as const).map((kind) =>
      refusalOf(kind, draft),
    );
    expect(refusals).toEqual([null, null, ...Array(4).fill("instance.not-deployed")]);
  });

  test("R5: a running instance takes every command", () => {
    for (const kind of ["deploy", "start", "stop", "restart", "kill", "remove"] as const)
      expect(refusalOf(kind, running)).toBeNull();
  });

  test("D4: an instance that is being removed takes none, and removing it twice is one removal", () => {
    for (const kind of ["deploy", "start", "stop", "restart", "kill"] as const) {
      expect(refusalOf(kind, removing)).toBe("instance.removed");
    }
    expect(refusalOf("remove", removing)).toBeNull();
  });

  test("a command clears the reason of the state before", () => {
    expect(wishOf("start")).toEqual({ desired: "running", status: "starting", reason: null });
  });
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
