// What every test has: a page of which nothing complains, and what must hold on all pages.
import { findBarriers } from "@openclaw-launch/ui/testing/accessible-pages";
import { waitForHydration } from "@openclaw-launch/ui/testing/hydrated-pages";
import { test as base, expect, type Page } from "@playwright/test";
import { invite } from "./stack.ts";

type Fixtures = {
  /** Refusals that a test provokes, as the browser words them. */
  expectedComplaints: RegExp[];
  /** Console errors, exceptions and CSP violations fail the test. */
  quiet: void;
};
type Credentials = { email: string; password: string };

export const test = base.extend<Fixtures>({
  expectedComplaints: [[], { option: true }],
  context: async ({ context, baseURL }, use) => {
    waitForHydration(context, baseURL ?? "");
    await use(context);
  },
  quiet: [
    async ({ page, expectedComplaints }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
      });
      await use();
      const unexpected = complaints.filter(
        (text) => !expectedComplaints.some((expected) => expected.test(text)),
      );
      expect(unexpected).toEqual([]);
    },
    { auto: true },
  ],
});

export const newAdmin = (): Credentials => ({
  email: `operator-${crypto.randomUUID()}@example.org`,
  password: "quiet otter builds 7 harbours",
});

/** Follows a one-time link to the overview. */
export async function becomeAdmin(page: Page, { email, password }: Credentials): Promise<void> {
  await page.goto(await invite(email));
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Become an admin" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
}

/** No violation of WCAG 2.2 AA in both appearances; nothing sticks out at 360 px. */
export async function expectAccessible(page: Page): Promise<void> {
  const size = page.viewportSize();
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(scrollWidth, "content fits a phone").toBeLessThanOrEqual(360);
  if (size) await page.setViewportSize(size);
}

export { expect };
