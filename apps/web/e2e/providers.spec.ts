import type { Page } from "@playwright/test";
import { letProofsExpire } from "./stored.ts";
import { expect, expectPresentable, signUp, test } from "./test.ts";

// Refusals are answers with an error status, which browsers log.
test.use({ expectedErrors: [/Failed to load resource/] });

/** At the provider, where each person has a button. */
async function signInThere(page: Page, person: string): Promise<void> {
  await page.waitForURL("http://127.0.0.1:*/**");
  await page.getByRole("button", { name: person, exact: true }).click();
}

const connected = (page: Page) =>
  page.getByRole("list", { name: "Connected accounts" }).getByRole("listitem").first();

test("A1: Google opens an account, which is told what its vault needs, and can't lose its only way in", async ({
  page,
}) => {
  await page.goto("/sign-up");
  await expectPresentable(page, "sign-up-providers");
  await page.goto("/sign-in?to=%2Fvault");
  await expectPresentable(page, "sign-in-providers");
  await page.getByRole("button", { name: "Continue with Google" }).click();
  await signInThere(page, "Grace");
  await page.waitForURL("**/vault");
  await expect(page.getByText("your account has no password")).toBeVisible();
  await expectPresentable(page, "vault-without-password");

  await page.goto("/settings/security");
  await expect(connected(page)).toContainText("grace@gmail.com");
  await expectPresentable(page, "security-without-password");
  await page.getByRole("button", { name: "Disconnect Google" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(
    page.getByText("This is your only way to sign in. Add another one first.", { exact: true }),
  ).toBeVisible();

  await letProofsExpire("grace@gmail.com");
  await page.goto("/vault");
  await page.getByRole("button", { name: "Set a password" }).click();
  const field = page.getByRole("dialog").getByLabel("Password", { exact: true });
  await expect(field).toBeFocused();
  await expectPresentable(page, "vault-first-password");
  const password = "quiet otter builds 7 harbours";
  await field.fill(password);
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Show that it’s you" });
  await expect(question).toBeVisible();
  await expectPresentable(page, "step-up-google");
  await question.getByRole("button", { name: "Go on to Google" }).click();
  await signInThere(page, "Grace");
  await page.waitForURL("**/vault");
  await page.getByRole("button", { name: "Set a password" }).click();
  await field.fill(password);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Unlocked in this tab")).toBeVisible();
  await expect(page.getByText("Your password", { exact: true })).toBeVisible();
});

test("A1: Google is connected to an account and disconnected, after showing who it is; another's is refused in words", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await page.goto("/settings/security");
  await letProofsExpire(account.email);
  await page.getByRole("button", { name: "Connect Google" }).click();
  const question = page.getByRole("dialog", { name: "Show that it’s you" });
  await question.getByLabel("Password", { exact: true }).fill(account.password);
  await page.keyboard.press("Enter");
  await signInThere(page, "Katherine");
  await page.waitForURL("**/settings/security");
  await expect(connected(page)).toContainText("katherine@gmail.com");
  await expectPresentable(page, "security-google-connected");
  await page.getByRole("button", { name: "Disconnect Google" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(connected(page)).toContainText("Not connected");

  await page.goto("/settings/security?problem=provider.identity-in-use");
  await expect(page.getByText("belongs to another account here").first()).toBeVisible();
  await expect(page).toHaveURL(/\/settings\/security$/);
});

test("A1: whoever comes back from a provider with a refusal reads why, and what to do", async ({ page }) => {
  await page.goto("/sign-in?problem=provider.address-in-use&to=%2Fvault");
  await expect(page.getByRole("alert")).toContainText("Sign in to it the way you always do");
  await expectPresentable(page, "sign-in-problem");
  await page.goto("/sign-in?problem=nothing.known");
  await expect(page.getByRole("alert")).toHaveCount(0);
});
