import type { Page } from "@playwright/test";
import axe, { type RunOptions } from "axe-core";

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * What breaks WCAG 2.2 AA in either appearance, as `rule: elements`. They differ in colours alone, so the dark one is looked at
 * for contrast. `onDark` runs in between; the page is left in the light one.
 */
export async function findBarriers(
  page: Page,
  onDark: () => Promise<void> = async () => {},
): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await violationsOf(page, { type: "rule", values: ["color-contrast"] });
  await onDark();
  await page.emulateMedia({ colorScheme: "light" });
  return [...dark, ...(await violationsOf(page, { type: "tag", values: standards }))];
}

async function violationsOf(page: Page, runOnly: NonNullable<RunOptions["runOnly"]>): Promise<string[]> {
  // Half a megabyte, which costs more than any look at a page: once for each document.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  return await page.evaluate(
    async (options) => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, options);
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
    },
    { runOnly, resultTypes: ["violations"], selectors: false } satisfies RunOptions,
  );
}
