import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "vitest";

const folder = process.env.SPECS_DIR ?? new URL("../../../../../shared/specs", import.meta.url).pathname;

/** Runs the published vectors of one file, or says that they aren't there. `check` gets every test with its group. */
export function wycheproof<Group extends { tests: object[] }>(
  file: string,
  check: (test: Group["tests"][number], group: Group) => Promise<boolean>,
): void {
  const path = `${folder}/wycheproof/${file}.json`;
  if (!existsSync(path)) {
    process.stderr.write(`SKIPPED: Wycheproof ${file}: no vectors at ${path}; set SPECS_DIR\n`);
    describe.skip(`Wycheproof ${file} (no vectors here)`, () => test("skipped", () => {}));
    return;
  }
  const { testGroups, numberOfTests }: { testGroups: Group[]; numberOfTests: number } = JSON.parse(
    readFileSync(path, "utf8"),
  );
  test(`E2: Wycheproof ${file}: ${numberOfTests} vectors, those that apply`, async ({ expect }) => {
    let applied = 0;
    for (const group of testGroups)
      for (const vector of group.tests) if (await check(vector, group)) applied++;
    expect(applied).toBeGreaterThan(50);
  });
}
