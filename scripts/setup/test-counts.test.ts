import { expect, test } from "vitest";
import { countPlaywright, countVitest, readCounts } from "./test-counts.ts";

const file = (status: string, ...results: string[]) => ({
  status,
  assertionResults: results.map((result) => ({ status: result })),
});

test("tests are counted by their result", () => {
  const report = {
    success: false,
    testResults: [file("failed", "passed", "failed"), file("passed", "passed", "skipped", "todo")],
  };
  expect(countVitest(report)).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test("a file that can't be loaded is a failure, although none of its tests ran", () => {
  expect(
    countVitest({ success: false, testResults: [file("failed"), file("passed", "passed")] }),
  ).toMatchObject({ failed: 1 });
});

test("a run that failed outside of its tests is a failure", () => {
  expect(countVitest({ success: false, testResults: [file("passed", "passed")] })).toMatchObject({
    failed: 1,
  });
});

test("a missing report is a failure", async () => {
  expect(await readCounts("/nowhere.json", countVitest)).toMatchObject({ passed: 0, failed: 1 });
});

test("a flaky browser test is a failure", () => {
  expect(
    countPlaywright({ stats: { expected: 3, unexpected: 0, flaky: 1, skipped: 2 }, errors: [] }),
  ).toEqual({ passed: 3, failed: 1, skipped: 2 });
});
