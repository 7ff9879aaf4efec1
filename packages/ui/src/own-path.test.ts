import { expect, test } from "vitest";
import { ownPath } from "./own-path.ts";

test.each(["/assistants", "/assistants/1?tab=logs#end", "/"])("V4: %s is followed", (path) => {
  expect(ownPath(path, "/fallback")).toBe(path);
});

test.each([
  null,
  "",
  "assistants",
  "https://evil.example",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/\n//evil.example",
  "/./\\evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "javascript:alert(1)",
  "\u0000/evil",
  "/a\\b",
  "/\u0000",
])("V4: %j leads nowhere else", (wish) => {
  expect(ownPath(wish, "/fallback")).toBe("/fallback");
});
