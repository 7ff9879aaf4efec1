import type { Page } from "@playwright/test";
import { expect, makeDraft, signUp, test } from "./test.ts";

async function run(page: Page, command: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill(command);
  await page.keyboard.press("Enter");
}

test("B2: what is typed into the search of the log stands there at once, however slow the server is", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await page.goto(`${await makeDraft(page, "Ada")}/logs`);
  const typed = Promise.withResolvers<void>();
  await page.route(/\.data/, async (route) => {
    await typed.promise;
    await route.continue();
  });
  const find = page.getByRole("searchbox", { name: "Find in the log" });
  await find.pressSequentially("error 42");
  await page.getByRole("button", { name: "Problems only" }).click();
  await expect(find).toHaveValue("error 42");
  typed.resolve();
  await expect(page).toHaveURL(/\?find=error\+42&problems=1$/);
  await page.reload();
  await expect(find).toHaveValue("error 42");
  await expect(page.getByRole("button", { name: "All lines" })).toBeVisible();
});

test("B2, B6: nothing of one assistant's page stays when it becomes another's", async ({ page, account }) => {
  await signUp(page, account);
  const ada = await makeDraft(page, "Ada");
  const bob = await makeDraft(page, "Bob");
  await page.getByRole("link", { name: "Bob" }).click();
  const settings = page
    .getByRole("navigation", { name: /^Parts of/ })
    .getByRole("link", { name: "Settings" });
  const name = page.getByRole("textbox", { name: "Name" });
  await settings.click();
  await expect(name).toHaveValue("Bob");
  await run(page, "Logs of Ada");
  await page.waitForURL(`**${ada}/logs`);
  const find = page.getByRole("searchbox", { name: "Find in the log" });
  await find.fill("error");
  await page.waitForURL(`**${ada}/logs?find=error`);
  await run(page, "Logs of Bob");
  await page.waitForURL(`**${bob}/logs`);
  await expect(find).toHaveValue("");

  await run(page, "Go to Ada");
  await page.waitForURL(`**${ada}`);
  await settings.click();
  await expect(name).toHaveValue("Ada");
  await page.evaluate(() => history.go(-4)); // from one's settings straight to the other's
  await page.waitForURL(`**${bob}/settings`);
  await expect(name).toHaveValue("Bob");
});

test.describe("without a connection", () => {
  test.use({ expectedErrors: [/Failed to load resource/] });

  test("B2: an assistant that is deleted elsewhere goes from the page once it is live again", async ({
    page,
    account,
  }) => {
    await signUp(page, account);
    const ada = await makeDraft(page, "Ada");
    await page.getByRole("link", { name: "Ada" }).click();
    await page.waitForURL(`**${ada}`);
    await page.route(/live\.follow/, (route) => route.abort());
    const interrupted = page.waitForEvent("requestfailed", (request) => /live\.follow/.test(request.url()));
    await page.getByRole("link", { name: "Logs" }).click(); // another stream begins, with the page's in it
    await interrupted;
    const json = { instanceId: ada.replace("/assistants/", ""), operationId: crypto.randomUUID() };
    const removed = await page.request.post("/api/trpc/instances.remove", { data: { json } });
    expect(removed.ok(), await removed.text()).toBe(true);
    await page.unroute(/live\.follow/);
    await page.waitForURL("**/assistants");
  });
});
