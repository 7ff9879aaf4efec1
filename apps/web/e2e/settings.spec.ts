import { expect, expectAccessible, launchAssistant, signUp, test } from "./test.ts";

test("E2, B6: settings are read from the vault after a reload, changed, and take effect", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await launchAssistant(page, "Ada");
  await expect(page).toHaveTitle(/● Running · Ada/, { timeout: 180_000 });
  for (const tab of ["Overview", "Logs", "Chat"]) {
    await page.getByRole("link", { name: tab }).click();
    await expectAccessible(page);
  }

  await page.getByRole("link", { name: "Settings" }).last().click();
  await page.waitForURL("**/settings");
  await page.reload();
  await page.getByRole("button", { name: "Unlock to see and change them" }).click();
  await page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(account.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("Ada");
  await expectAccessible(page);
  await page.getByRole("textbox", { name: "Name" }).fill("Augusta");
  await page.getByRole("textbox", { name: "Personality" }).fill("You answer in one sentence.");
  await page.getByRole("button", { name: "Save and relaunch" }).click();

  await expect(page.getByRole("list", { name: "Launching Augusta" })).toBeVisible();
  await expect(page).toHaveTitle(/● Running · Augusta/, { timeout: 180_000 });
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByText("Revision 2 of your vault")).toBeVisible();

  await page.getByRole("link", { name: "Vault" }).click();
  await expect(page.getByText("2 revisions")).toBeVisible();
  await expect(page.getByText("used by Augusta")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: "Assistants" }).click();
  await expectAccessible(page);
});
