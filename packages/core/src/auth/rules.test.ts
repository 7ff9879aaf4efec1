import { describe, expect, test } from "vitest";
import { ownPathOf } from "./rules.ts";

describe("V4: after signing in, the way leads on within this site only", () => {
  test.each([
    ["https://evil.example/"],
    ["//evil.example"],
    ["/\\evil.example"],
    ["\\\\evil.example"],
    ["/.//evil.example"],
    ["/a/..//evil.example"],
    ["/%2e//evil.example"],
    ["/\t/evil.example"],
    ["/\n//evil.example"],
    ["/\u0000"],
    ["javascript:alert(1)"],
    ["assistants"],
    [" /assistants"],
    [""],
  ])("%j is refused", (wish) => {
    expect(ownPathOf(wish)).toBeNull();
  });

  test.each([
    ["/", "/"],
    ["/assistants?x=1#y", "/assistants?x=1#y"],
    ["/settings/../assistants", "/assistants"],
    ["/sign-in?to=https://evil.example", "/sign-in?to=https://evil.example"],
    ["/@evil.example", "/@evil.example"],
  ])("%j is fine", (wish, path) => {
    expect(ownPathOf(wish)).toBe(path);
  });
});
