import { choosePassword, forget, mailedLink } from "./mailbox.ts";
import {
  expect,
  expectAccessible,
  expectPresentable,
  forgetSession,
  launchAssistant,
  signIn,
  signUp,
  test,
} from "./test.ts";

// Asking who one is answers with an error status while nobody is signed in, which browsers log.
test.use({ expectedErrors: [/Failed to load resource/] });

test("E2, B6: settings are read from the vault after a reload, changed, and take effect; after a reset of the password they are set up again", async ({
  page,
  account,
}) => {
  test.slow(); // it is launched three times
  await signUp(page, account);
  await launchAssistant(page, "Ada");
  await expect(page).toHaveTitle(/● Running · Ada/, { timeout: 180_000 });
  for (const tab of ["Overview", "Logs", "Devices", "Chat"]) {
    await page.getByRole("link", { name: tab }).click();
    await expectAccessible(page);
  }

  await openControlPage(page);

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

  await forgetSession(page);
  const mailbox = await forget(page, account.email);
  await page.goto(await mailedLink(mailbox, account.email, "Reset your password"));
  const password = "seven green kettles sing 4";
  await choosePassword(page, password);
  await expect(page.getByRole("heading", { name: "Your password is new" })).toBeVisible();
  await signIn(page, { ...account, password });
  await page.waitForURL("**/assistants");
  await expect(page.getByText("Running").first()).toBeVisible();

  await page.getByRole("link", { name: "Vault" }).first().click();
  await expect(page.getByText("A configuration from before can’t be opened any more")).toBeVisible();
  await expectPresentable(page, "vault-after-reset");
  await page.getByRole("link", { name: "Set up Augusta again" }).click();
  await expect(page.getByText("The saved settings of Augusta are gone from your vault")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("Augusta");
  await expectPresentable(page, "settings-after-reset");
  await page.getByRole("textbox", { name: "Personality" }).fill("You answer in two sentences.");
  await page.getByRole("button", { name: "Save and relaunch" }).click();
  await expect(page.getByRole("list", { name: "Launching Augusta" })).toBeVisible();
  await expect(page).toHaveTitle(/● Running · Augusta/, { timeout: 180_000 });

  await page.getByRole("link", { name: "Vault" }).first().click();
  await expect(page.getByText("used by Augusta")).toBeVisible();
  await expect(page.getByRole("link", { name: "Set up Augusta again" })).toHaveCount(0);
});
