import { createLaunch } from "@openclaw-launch/sdk";
import { deriveImportedKey } from "@openclaw-launch/sdk/vault/derive-keys";
import { newAccount } from "@openclaw-launch/sdk/vault/new-account";
import type { Page } from "@playwright/test";
import { takeForImported } from "./stored.ts";
import { expect, expectPresentable, forgetSession, test } from "./test.ts";

// Refusals are answers with an error status, which browsers log.
test.use({ expectedErrors: [/Failed to load resource/] });

type Account = { email: string; password: string };

async function importAccount(url: string, { email, password }: Account): Promise<void> {
  const kdf = { algorithm: "bcrypt" as const, salt: "AQIDBAUGBwgJCgsMDQ4PEA", cost: 12 };
  const { account } = await newAccount(password);
  const authKey = await deriveImportedKey(password, kdf);
  await createLaunch({ url }).api.auth.register.mutate({ ...account, email, authKey });
  await takeForImported(email, kdf);
}

async function enterPassword(page: Page, { email, password }: Account): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function expectOpenVault(page: Page): Promise<void> {
  await page.waitForURL("**/assistants");
  await page.getByRole("link", { name: "Vault" }).click();
  await expect(page.getByText("Your password", { exact: true })).toBeVisible();
  await expect(page.getByText("Unlocked in this tab")).toBeVisible();
}

test("A2: somebody of an older installation says once that they are, signs in with their password, and has a vault", async ({
  page,
  account,
  baseURL,
}) => {
  await importAccount(baseURL ?? "", account);
  await enterPassword(page, account);
  const question = page.getByRole("dialog", { name: "Was your account moved here?" });
  await expect(question).toBeVisible();
  await expectPresentable(page, "move-question");
  await question.getByRole("button", { name: "No" }).click();
  await expect(page.getByRole("alert")).toContainText("tell the operator");

  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await question.getByRole("button", { name: "Yes, sign in" }).click();
  await expectOpenVault(page);

  // From then on as everybody else.
  await forgetSession(page);
  await enterPassword(page, account);
  await expectOpenVault(page);
});
