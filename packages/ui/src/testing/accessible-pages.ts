import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

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
  const dark = await violationsOf(rulesFor(page).withRules("color-contrast"));
  await onDark();
  await page.emulateMedia({ colorScheme: "light" });
  return [...dark, ...(await violationsOf(rulesFor(page).withTags(standards)))];
}

/** No selectors are computed, and no second page is opened to gather what frames found: no page here has any. */
function rulesFor(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).options({ resultTypes: ["violations"], selectors: false }).setLegacyMode();
}

async function violationsOf(rules: AxeBuilder): Promise<string[]> {
  const { violations } = await rules.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}
