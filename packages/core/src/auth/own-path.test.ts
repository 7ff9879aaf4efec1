import { describe, expect, test } from "vitest";
import { ownPathOf } from "./own-path.ts";

describe("V4: after signing in, the way leads on within this site only", () => {
  test.each([
    ["https://evil.example/"],
    ["//evil.example"],
    ["///evil.example"],
    ["/\\evil.example"],
    ["\\\\evil.example"],
    ["/./\\evil.example"],
    ["/a\\b"],
    ["/.//evil.example"],
    ["/a/..//evil.example"],
    ["/%2e//evil.example"],
    ["/\t/evil.example"],
    ["/\n//evil.example"],
    ["/\u0000"],
    ["\u0000/evil"],
    ["javascript:alert(1)"],
    ["assistants"],
    [" /assistants"],
    [""],
    [null],
  ])("%j is refused", (wish) => {
    expect(ownPathOf(wish)).toBeNull();
  });

  test.each([
    ["/", "/"],
    ["/assistants/1?tab=logs#end", "/assistants/1?tab=logs#end"],
    ["/settings/../assistants", "/assistants"],
    ["/sign-in?to=https://evil.example", "/sign-in?to=https://evil.example"],
    ["/@evil.example", "/@evil.example"],
  ])("%j is fine", (wish, path) => {
    expect(ownPathOf(wish)).toBe(path);
  });
});
