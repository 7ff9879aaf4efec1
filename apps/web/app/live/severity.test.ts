import { expect, test } from "vitest";
import { severityOf } from "./severity.ts";

test.each([
  ["[telegram] getUpdates failed: 401", "stdout", "error"],
  ["Error: listen EADDRINUSE", "stderr", "error"],
  ["[ws] closed: retrying in 2 s", "stdout", "warning"],
  ["config reload skipped", "stderr", "warning"],
  ["[gateway] ready in 12 s", "stdout", "info"],
  ["terror and warmth are words, not severities", "stdout", "info"],
] as const)("%s on %s is told as %s", (text, stream, severity) => {
  expect(severityOf(text, stream)).toBe(severity);
});
