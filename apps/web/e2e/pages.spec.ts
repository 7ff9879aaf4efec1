import type { Request } from "@playwright/test";
import {
  expect,
  expectAccessible,
  expectPresentable,
  forgetSession,
  loseAnswer,
  makeDraft,
  signUp,
  test,
} from "./test.ts";

const publicPages = ["/", "/security", "/sign-up", "/sign-in"];
const ownPages = ["/assistants", "/assistants/new", "/vault", "/settings"];

test("WCAG 2.2 AA holds on every page, in both appearances", async ({ page, account }) => {
  for (const path of publicPages) {
    await page.goto(path);
    await expectAccessible(page);
  }
  await signUp(page, account);
  for (const path of ownPages) {
    await page.goto(path);
    await expectAccessible(page);
  }
  await page.goto("/assistants/new");
  await page.getByRole("button", { name: "Launch" }).click();
  await expect(page.getByRole("alert")).toHaveText("Give it a name of 1 to 40 characters.");
  await expectAccessible(page);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeFocused();
  await expectAccessible(page);
});

test.describe("on a phone, 360 pixels wide", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test("no page is wider than the screen, WCAG 2.2 AA holds, and everything can be reached", async ({
    page,
    account,
  }) => {
    const fits = async () => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await expectAccessible(page);
    };
    for (const path of publicPages) {
      await page.goto(path);
      await fits();
    }
    await signUp(page, account);
    await fits();
    for (const name of ["Vault", "Settings", "Assistants"]) {
      const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name });
      await link.click();
      await expect(link).toHaveAttribute("aria-current", "page");
      await fits();
    }
    await page.goto("/assistants/new");
    await fits();
  });
});

test.describe("while the server isn’t reached", () => {
  test.use({
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    expectedErrors: [/Failed to load resource/],
  });

  test("what went wrong is said once, above what is tried again", async ({ page, account }) => {
    await signUp(page, account);
    await page.goto(await makeDraft(page, "Ada"));
    await page.route(/instances\.remove/, (route) => route.abort());
    const more = page.getByRole("button", { name: "More for Ada" });
    const dialog = page.getByRole("dialog", { name: "Delete Ada?" });
    const again = dialog.getByRole("button", { name: "Delete for ever" });
    const ask = async () => {
      await page.keyboard.press("Enter");
      await page.getByRole("menuitem", { name: "Delete…" }).click();
      await dialog.getByRole("textbox").fill("Ada");
    };
    await more.focus();
    await ask();
    await again.click();
    const said = page
      .getByRole("listitem", { includeHidden: true })
      .filter({ hasText: "can’t reach the server" });
    await expect(said).toHaveCount(1);
    await expect(more).toBeFocused();
    await ask();
    const [above, below] = [await said.boundingBox(), await again.boundingBox()];
    expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0);
    await expectPresentable(page, "error-above-dialog");
    const tried = page.waitForEvent("requestfailed");
    await again.click();
    await tried;
    await expect(more).toBeFocused();
    await expect(said).toHaveCount(1);
    await ask();
    await page.getByLabel("Dismiss").click();
    await expect(said).toHaveCount(0);
    await expect(dialog).toBeVisible();
  });

  test("a sign-out without an answer promises nothing", async ({ page, account }) => {
    await signUp(page, account);
    await page.goto("/settings");
    await page.route(/auth\.logout/, (route) => route.abort());
    await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: "You may still be signed in." })).toBeVisible();
    await expectPresentable(page, "sign-out-unanswered");
  });
});

test("the landing page is sent without any script", async ({ page }) => {
  const scripts: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.push(request.url());
  });
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Create your assistant" })).toBeVisible();
  expect(scripts).toEqual([]);
});

test("V4: signing in leads only to pages of this site", async ({ page, account }) => {
  await signUp(page, account);
  await page.goto("/settings");
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  await page.goto("/sign-in?to=//evil.example/path");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/assistants");
});

test("signing out leads to the sign-in page even if the page's stream hears of it first", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await page.goto("about:blank"); // the list of assistants has such a stream of its own
  const opened = page.waitForRequest(/instances\.changes/);
  await page.goto("/settings");
  const stream = await opened;
  // The page may close it before it has read its end.
  const isStream = (request: Request) => request === stream;
  const over = Promise.race([
    page.waitForEvent("requestfinished", isStream),
    page.waitForEvent("requestfailed", isStream),
  ]);
  await page.route(/auth\.logout/, async (route) => {
    const answer = await route.fetch();
    await over;
    await route.fulfill({ response: answer });
  });
  const destinations: string[] = [];
  page.on("request", (request) => {
    if (request.isNavigationRequest()) destinations.push(request.url());
  });
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  // The last one wins, so that the address alone doesn't tell of another.
  expect(destinations).toEqual([page.url()]);
});

test("A3: after signing out, Back brings nothing of the account, whether the browser asks again or brings the page back as it stood", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await page.goto("/settings");
  await page.route("**/sign-in", (route) => route.fulfill({ status: 204 }), { times: 1 });
  const left = page.waitForResponse("**/sign-in");
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await left;
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await page.waitForURL("**/sign-in");
  const [answer] = await Promise.all([page.waitForResponse(/\/settings$/), page.goBack()]);
  expect(answer.status()).toBe(302);
  await page.waitForURL("**/sign-in?to=%2Fsettings");
});

test.describe("while the server doesn't answer", () => {
  test.use({ expectedErrors: [/Failed to load resource/] });

  test("a page that would be read again keeps what stands on it, and is read once the server is back", async ({
    page,
    account,
  }) => {
    await signUp(page, account);
    await page.goto("/settings/tokens");
    await page.getByRole("button", { name: "New token" }).click();
    const name = page.getByLabel("Name");
    await name.fill("nightly check");
    const comeBack = () => page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await page.route(/\.data|readyz/, (route) => route.abort());
    const unanswered = page.waitForEvent("requestfailed");
    await comeBack();
    await unanswered;
    await page.unroute(/\.data|readyz/);
    const read = page.waitForResponse(/\.data/);
    await comeBack();
    await read;
    await expect(name).toHaveValue("nightly check");
  });

  test("what may have been done is not said to be undone", async ({ page, account }) => {
    await signUp(page, account);
    await page.goto("/settings/tokens");
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Name").fill("nightly check");
    await loseAnswer(page, /apiTokens\.create/);
    await page.getByRole("button", { name: "Make the token" }).click();
    await expect(page.getByRole("alert")).toContainText("We don’t know whether this was done");
    await page.reload();
    await expect(page.getByRole("list", { name: "API tokens" })).toContainText("nightly check");
  });
});

test("a page that needs an account leads back to itself after signing in", async ({ page, account }) => {
  await signUp(page, account);
  await forgetSession(page);
  await page.goto("/vault");
  await page.waitForURL("**/sign-in?to=%2Fvault");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/vault");
  await expect(page.getByText("Unlocked in this tab")).toBeVisible();
});

test("what was filled in before the page's code arrived is kept, whatever an earlier draft says", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await forgetSession(page);
  await page.goto("/");
  await page.evaluate(() => sessionStorage.setItem("account", JSON.stringify({ email: "old@example.org" })));
  const arrival = Promise.withResolvers<void>();
  await page.route("**/*.js", async (route) => {
    await arrival.promise;
    await route.continue();
  });
  const loaded = page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  arrival.resolve();
  await loaded;
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/assistants");
});

test("E2: after a reload the vault is locked, and opens in place with the password", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await page.goto("/vault");
  await expect(page.getByText("Locked", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Unlock" }).click();
  const dialog = page.getByRole("dialog", { name: "Unlock your vault" });
  await expect(dialog.getByLabel("Password", { exact: true })).toBeFocused();
  await page.keyboard.type(account.password);
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Unlocked in this tab")).toBeVisible();
  await page.getByRole("button", { name: "Lock", exact: true }).click();
  await expect(page.getByText("Locked", { exact: true })).toBeVisible();
});
