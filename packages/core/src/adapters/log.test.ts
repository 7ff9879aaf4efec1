import { expect, test } from "vitest";
import { createLog } from "./log.ts";

const lines: string[] = [];
const log = createLog("info", { write: (line) => void lines.push(line) });

test.each([
  ["at the top", { token: "hunter2" }],
  ["in a request", { headers: { cookie: "hunter2", "set-cookie": "hunter2", authorization: "hunter2" } }],
  ["in an input", { input: { slot: { envelope: "hunter2" }, authKey: "hunter2" } }],
  ["in a sealed deployment", { deployment: { sealed: "hunter2" } }],
])("secrets stay out of the log: %s", (_, fields) => {
  log.info(fields, "something happened");
  expect(lines.at(-1)).toContain("something happened");
  expect(lines.at(-1)).toContain("[redacted]");
  expect(lines.at(-1)).not.toContain("hunter2");
});
