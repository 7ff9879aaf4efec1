// How many tests passed, failed and were skipped, from the reports of the two test runners.
import { readFile } from "node:fs/promises";

export type Counts = { passed: number; failed: number; skipped: number };

export type VitestReport = {
  success: boolean;
  testResults: { status: string; assertionResults: { status: string }[] }[];
};

/** A file that could not be loaded counts as one failure, and so does anything else that made the run fail. */
export function countVitest({ success, testResults }: VitestReport): Counts {
  const counts = noTests();
  for (const { status, assertionResults } of testResults) {
    const failed = assertionResults.filter((result) => result.status === "failed").length;
    const passed = assertionResults.filter((result) => result.status === "passed").length;
    counts.failed += status === "failed" && failed === 0 ? 1 : failed;
    counts.passed += passed;
    counts.skipped += assertionResults.length - passed - failed;
  }
  if (!success && counts.failed === 0) counts.failed = 1;
  return counts;
}

export type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
};

/** A test that passes only when it is repeated is a failure. */
export function countPlaywright({ stats, errors }: PlaywrightReport): Counts {
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}

/** No report means that the run ended before it could write one: a failure. */
export async function readCounts<Report>(file: string, count: (report: Report) => Counts): Promise<Counts> {
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null ? { ...noTests(), failed: 1 } : count(JSON.parse(text));
}

export function sumCounts(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    noTests(),
  );
}

const noTests = (): Counts => ({ passed: 0, failed: 0, skipped: 0 });
