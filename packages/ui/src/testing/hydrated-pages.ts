import type { BrowserContext, Page } from "@playwright/test";

/** Set by the root layout once the page's code runs; some pages have none. */
const ready = "html[data-hydrated], html:not(:has(script[type=module]))";

/** Pages of this site are waited for until they take what is typed: a test types faster than any code arrives. */
export function waitForHydration(context: BrowserContext, site: string): void {
  context.on("page", (page) => {
    const { origin } = new URL(site);
    const untilReady = async () => {
      if (page.url().startsWith(`${origin}/`)) await page.locator(ready).waitFor({ state: "attached" });
    };
    const [goto, reload, waitForURL] = [
      page.goto.bind(page),
      page.reload.bind(page),
      page.waitForURL.bind(page),
    ];
    const then =
      <Args extends unknown[], Result>(go: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        const result = await go(...args);
        await untilReady();
        return result;
      };
    Object.assign(page, {
      goto: then(goto),
      reload: then(reload),
      waitForURL: then(waitForURL),
    } satisfies Partial<Page>);
  });
}
