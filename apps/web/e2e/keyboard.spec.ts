import type { Page } from "@playwright/test";
import { letProofsExpire } from "./stored.ts";
import { expect, expectAccessible, makeDraft, signUp, test } from "./test.ts";

/** Presses Tab until the focus is where a person would stop. */
async function tabTo(
  page: Page,
  role: "button" | "textbox" | "link" | "menuitem",
  name: string | RegExp,
): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reached ${role} ${name}`);
}

test("B1, R5: an account, a launch, a kill and a deletion by keyboard alone", async ({ page, account }) => {
  await page.goto("/sign-up");
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await page.keyboard.type(account.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(account.password);
  await expect(page.getByRole("button", { name: "Create account" })).toBeEnabled();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/assistants");

  await expect(page.getByRole("heading", { name: "Launch your first assistant" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search pages and actions" })).toBeFocused();
  await page.keyboard.type("new");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/assistants/new");
  await tabTo(page, "textbox", "Name");
  await page.keyboard.type("Grace");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/assistants\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("list", { name: "Launching Grace" })).toBeVisible();
  await expectAccessible(page);

  await tabTo(page, "button", "Kill");
  await page.keyboard.press("Enter");
  const kill = page.getByRole("dialog", { name: "Kill Grace?" });
  await expect(kill).toBeVisible();
  await expectAccessible(page);
  await tabTo(page, "button", "Kill now");
  await page.keyboard.press("Enter");
  await expect(kill).toBeHidden();
  await expect(page).toHaveTitle(/● Stopped · Grace/, { timeout: 30_000 });

  await tabTo(page, "button", "More for Grace");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Restart" }).waitFor();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Delete Grace?" }).getByRole("textbox")).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.type("Grace");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/assistants", { timeout: 60_000 });
});

test.describe("R5: a deletion", () => {
  // The refusal is what asks who it is.
  test.use({ expectedErrors: [/status of 403 .*instances\.remove/] });

  test("that was thought better of asks anew, and the focus is where it was; the question who it is takes its place", async ({
    page,
    account,
  }) => {
    await signUp(page, account);
    await page.goto(await makeDraft(page, "Grace"));
    const name = page.getByRole("dialog", { name: "Delete Grace?" }).getByRole("textbox");
    const ask = async () => {
      await page.keyboard.press("Enter");
      await page.getByRole("menuitem", { name: "Restart" }).waitFor();
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      await expect(name).toBeFocused();
    };
    await tabTo(page, "button", "More for Grace");
    await ask();
    await page.keyboard.type("Grace");
    await expect(page.getByRole("button", { name: "Delete for ever" })).toBeEnabled();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: "More for Grace" })).toBeFocused();
    await ask();
    await expect(name).toHaveValue("");
    await expect(page.getByRole("button", { name: "Delete for ever" })).toBeDisabled();
    await letProofsExpire(account.email);
    await page.keyboard.type("Grace");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "Show that it’s you" })).toBeVisible();
    await expect(page.getByRole("dialog", { includeHidden: true })).toHaveCount(1);
  });
});
