import type { Page } from "@playwright/test";
import { PasskeyDevice } from "./passkey-device.ts";
import { letProofsExpire } from "./stored.ts";
import { expect, expectPresentable, forgetSession, readsOf, signUp, test } from "./test.ts";

type Account = { email: string; password: string };

// Refusals are answers with an error status, which browsers log.
test.use({ expectedErrors: [/Failed to load resource/] });

const passkeys = (page: Page) => page.getByRole("list", { name: "Passkeys" }).getByRole("listitem");

async function beginPasskey(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Make the passkey" }).click();
}

/** The account's first second factor, with which come the recovery codes. */
async function addFirstPasskey(page: Page, name: string): Promise<string[]> {
  await page.goto("/settings/security");
  const reads = readsOf(page);
  await beginPasskey(page, name);
  const list = page.getByRole("list", { name: "Recovery codes" });
  await expect(list.getByRole("listitem")).toHaveCount(10);
  const codes = (await list.textContent())?.match(/[a-z2-7]{4}(-[a-z2-7]{4}){3}/g) ?? [];
  expect(reads, "a page that can't be read takes what it shows with it").toEqual([]);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(passkeys(page)).toHaveCount(1);
  return codes;
}

async function enterPassword(page: Page, { email, password }: Account): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** In another browser, as far as the server can tell. */
async function signOut(page: Page): Promise<void> {
  await forgetSession(page);
  await page.goto("/sign-in");
}

test("A8: passkeys are made with names, renamed, and one alone signs in while the vault stays locked", async ({
  page,
  account,
}) => {
  const laptop = await PasskeyDevice.plugIn(page);
  await signUp(page, account);
  await page.goto("/settings/security");
  await expectPresentable(page, "security-without-passkeys");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Linux computer");
  await expectPresentable(page, "passkey-new");
  await page.getByRole("button", { name: "Cancel" }).click();
  await addFirstPasskey(page, "Laptop");
  await expect(passkeys(page)).toContainText("On one device only");
  await expect(passkeys(page)).toContainText("never used");

  await beginPasskey(page, "Laptop once more");
  await expect(page.getByRole("alert")).toContainText("This device has a passkey for your account already");
  await expectPresentable(page, "passkey-known");
  await laptop.unplug();
  await PasskeyDevice.plugIn(page, { synced: true });
  await page.getByLabel("Name", { exact: true }).fill("Phone");
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await expect(passkeys(page)).toHaveCount(2);
  await expect(passkeys(page).nth(1)).toContainText("Synced between your devices");

  await page.getByRole("button", { name: "Rename Laptop" }).click();
  const newName = page.getByRole("dialog").getByLabel("Name", { exact: true });
  await expect(newName).toBeFocused();
  await expectPresentable(page, "passkey-rename");
  await newName.fill("Laptop at work");
  await page.keyboard.press("Enter");
  await expect(passkeys(page).first()).toContainText("Laptop at work");
  await expect(page.getByRole("button", { name: "Rename Laptop at work" })).toBeFocused();
  await page.reload();
  await expect(passkeys(page).first()).toContainText("Laptop at work");
  await expectPresentable(page, "security-with-passkeys");

  await signOut(page);
  await expectPresentable(page, "sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/assistants");
  await page.getByRole("link", { name: "Vault" }).first().click();
  await expect(page.getByText("Locked", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(account.password);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Unlocked in this tab")).toBeVisible();
  await page.goto("/activity");
  const last = page.getByRole("list", { name: "Events" }).locator("> li").first();
  await expect(last).toContainText("Signed in with a passkey");
});

test("A8: after the password a passkey is asked first; whoever isn't recognised is told, and has a recovery code", async ({
  page,
  account,
}) => {
  const device = await PasskeyDevice.plugIn(page);
  await signUp(page, account);
  const [code = ""] = await addFirstPasskey(page, "Laptop");
  await signOut(page);
  await enterPassword(page, account);
  const ask = page.getByRole("button", { name: "Use your passkey" });
  await expect(ask).toBeFocused();
  await expectPresentable(page, "sign-in-second-passkey");
  await device.recognises(false);
  await ask.click();
  await expect(page.getByRole("alert")).toContainText("No passkey was used");
  await expectPresentable(page, "sign-in-passkey-refused");
  await device.recognises(true);
  await ask.click();
  await page.waitForURL("**/assistants");
  await page.getByRole("link", { name: "Vault" }).first().click();
  await expect(page.getByText("Unlocked in this tab")).toBeVisible();

  await signOut(page);
  await enterPassword(page, account);
  await page.getByRole("button", { name: "Use a recovery code instead" }).click();
  await expect(page.getByLabel("Recovery code")).toBeFocused();
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
  await expect(page.getByText("9 recovery codes are left")).toBeVisible();
});

test("A8: a sign-in that was begun on another page is completed with a passkey, and leads where it was to lead", async ({
  page,
  account,
}) => {
  await PasskeyDevice.plugIn(page);
  await signUp(page, account);
  await addFirstPasskey(page, "Laptop");
  await signOut(page);
  await enterPassword(page, account);
  await expect(page.getByRole("button", { name: "Use your passkey" })).toBeVisible();
  await page.goto("/sign-in?factors=passkey,recovery-code&to=%2Fvault");
  await page.getByRole("button", { name: "Use your passkey" }).click();
  await page.waitForURL("**/vault");
  await expect(page.getByText("Locked", { exact: true })).toBeVisible();
});

test("A8: a passkey shows again who it is, and once the last one is removed the password is enough", async ({
  page,
  account,
}) => {
  const device = await PasskeyDevice.plugIn(page);
  await signUp(page, account);
  await addFirstPasskey(page, "Laptop");
  await letProofsExpire(account.email);
  await page.getByRole("button", { name: "Remove Laptop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  const question = page.getByRole("dialog", { name: "Show that it’s you" });
  await expect(question).toContainText("To remove a passkey.");
  await question.getByRole("button", { name: "Use a passkey instead" }).click();
  const ask = question.getByRole("button", { name: "Use your passkey" });
  await expect(ask).toBeFocused();
  await expectPresentable(page, "step-up-passkey");
  await device.recognises(false);
  await question.getByRole("button", { name: "Use your passkey" }).click();
  await expect(question.getByRole("alert")).toContainText("No passkey was used");
  await device.recognises(true);
  await question.getByRole("button", { name: "Use your passkey" }).click();
  await expect(page.getByText("The passkey “Laptop” no longer signs you in.", { exact: true })).toBeVisible();
  await expect(question).toBeHidden();
  await expect(passkeys(page)).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Recovery codes" })).toHaveCount(0);

  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("alert")).toContainText("This passkey wasn’t accepted");
  await enterPassword(page, account);
  await page.waitForURL("**/assistants");
});
