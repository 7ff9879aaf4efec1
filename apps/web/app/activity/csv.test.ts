import type { AuditEventView } from "@openclaw-launch/core/audit/schema";
import { expect, test } from "vitest";
import { csvOf } from "./csv";

const event: AuditEventView = {
  id: "7",
  at: new Date("2026-03-01T12:00:00Z"),
  action: "instance.renamed",
  outcome: "ok",
  actorKind: "user",
  targetId: null,
  ip: "192.0.2.7",
  device: '=HYPERLINK("https://evil.example","Firefox")',
  details: { name: 'Ada, "the first"' },
};
const header = "time,what,action,outcome,by,device,ip,target,details\r\n";

test("R1: a downloaded list is one row per event, quoted as spreadsheets expect", () => {
  expect(csvOf([], {})).toBe(header);
  expect(
    csvOf([{ ...event, device: null, details: {}, action: "instance.started", targetId: "a" }], { a: "Ada" }),
  ).toBe(`${header}2026-03-01T12:00:00.000Z,Ada started,instance.started,ok,user,,192.0.2.7,a,\r\n`);
});

test("R1: what somebody else named computes nothing when the list is opened", () => {
  const [, row = ""] = csvOf([event], {}).split("\r\n");
  expect(row).toContain(`"An assistant renamed to Ada, ""the first"""`);
  expect(row).toContain(`"'=HYPERLINK(""https://evil.example"",""Firefox"")"`);
});
