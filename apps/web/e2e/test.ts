// What every journey has: a page whose console errors and CSP violations fail the test, and an account of its own.
import { findBarriers } from "@openclaw-launch/ui/testing/accessible-pages";
import { waitForHydration } from "@openclaw-launch/ui/testing/hydrated-pages";
import { test as base, expect, type Page, type Route } from "@playwright/test";

type Fixtures = {
  /** Complaints of the browser that belong to the test. */
  expectedErrors: RegExp[];
  /** Nothing else may be complained about on any page; fails the test at its end. */
  quiet: void;
  account: { email: string; password: string };
};

export const test = base.extend<Fixtures>({
  expectedErrors: [[], { option: true }],
  context: async ({ context, baseURL }, use) => {
    waitForHydration(context, baseURL ?? "");
    await use(context);
  },
  quiet: [
    async ({ page, expectedErrors }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
      });
      await use();
      expect(complaints.filter((text) => !expectedErrors.some((expected) => expected.test(text)))).toEqual(
        [],
      );
    },
    { auto: true },
  ],
  account: async ({}, use) => {
    await use({ email: `ada-${crypto.randomUUID()}@example.org`, password: "quiet otter builds 7 harbours" });
  },
});

export async function signUp(
  page: Page,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/assistants");
}

export async function signIn(
  page: Page,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Another browser, as far as the server can tell. A page that stayed open would notice, and go to the sign-in by itself at any moment. */
export async function forgetSession(page: Page): Promise<void> {
  await page.goto("about:blank");
  await page.context().clearCookies();
}

/** From the list of assistants, with the choices that stand there already. */
export async function launchAssistant(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: /^(Start|New assistant)$/ }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Launch" }).click();
  await page.waitForURL(/\/assistants\/[0-9a-f-]{36}$/);
}

/** What the page reads of its data from now on. */
export function readsOf(page: Page): readonly string[] {
  const reads: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith(".data")) reads.push(request.url());
  });
  return reads;
}

/** The next such request is done, and the page doesn't hear of it. */
export async function loseAnswer(page: Page, url: RegExp): Promise<void> {
  const lose = async (route: Route) => {
    await route.fetch();
    await route.abort();
  };
  await page.route(url, lose, { times: 1 });
}

/** An assistant that was never launched: it has all pages, and nobody waits for it. Returns its address. */
export async function makeDraft(page: Page, name: string): Promise<string> {
  const id = crypto.randomUUID();
  const json = { id, name, model: "openai/gpt-5-mini", channels: [] };
  const made = await page.request.post("/api/trpc/instances.create", { data: { json } });
  expect(made.ok(), await made.text()).toBe(true);
  return `/assistants/${id}`;
}

/** No violation of WCAG 2.2 AA, in either appearance. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await findBarriers(page)).toEqual([]);
}

/** Accessible in both appearances, and no wider than a phone. With E2E_PICTURES set, pictures of it are kept with the results. */
export async function expectPresentable(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  const picture = async (look: string) => {
    if (process.env["E2E_PICTURES"])
      await page.screenshot({ path: test.info().outputPath(`${name}-${look}.png`), fullPage: true });
  };
  expect(await findBarriers(page, () => picture("dark"))).toEqual([]);
  await picture("light");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(360);
  await picture("phone");
  if (size) await page.setViewportSize(size);
}

export { expect };
