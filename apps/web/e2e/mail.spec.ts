import type { Page } from "@playwright/test";
import { currentCode } from "./authenticator.ts";
import { choosePassword, forget, mailboxOf, mailedLink, mailsTo } from "./mailbox.ts";
import { PasskeyDevice } from "./passkey-device.ts";
import { letProofsExpire } from "./stored.ts";
import { expect, expectPresentable, forgetSession, loseAnswer, signIn, signUp, test } from "./test.ts";

type Account = { email: string; password: string };

const newPassword = "seven green kettles sing 4";

// Refusals are answers with an error status, which browsers log.
test.use({ expectedErrors: [/Failed to load resource/] });

/** Every address that the page asks for from now on. */
function requestedBy(page: Page): string[] {
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(decodeURIComponent(request.url())));
  return addresses;
}

/** As the owner, who is signed in. */
async function confirmAddress(page: Page, { email }: Account): Promise<void> {
  await page.goto("/settings");
  await page.goto(await mailedLink(await mailboxOf(page), email, "Confirm your e-mail address"));
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
}

test("A2: the mailed link confirms the address once a person presses the button; no address ever holds its secret", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  const banner = page.getByRole("region", { name: "Your e-mail address" });
  await expect(banner).toContainText("Confirm your e-mail address");
  await banner.getByRole("link").click();
  await expect(page.getByText("Not confirmed")).toBeVisible();
  await expectPresentable(page, "profile-unconfirmed");
  const mailbox = await mailboxOf(page);
  const arrived = () => mailsTo(mailbox, account.email);
  await expect.poll(arrived).toHaveLength(1);
  const first = await arrived();
  await page.getByRole("button", { name: "Send the link again" }).click();
  await expect(page.getByText(`A new link is on its way to ${account.email}.`).first()).toBeVisible();
  const link = await mailedLink(mailbox, account.email, "Confirm your e-mail address", first);

  const opened = await page.context().newPage();
  const addresses = requestedBy(opened);
  await opened.goto(link);
  const button = opened.getByRole("button", { name: "Confirm address" });
  await expect(button).toBeEnabled();
  await expect(opened).toHaveURL("/verify-email");
  await expectPresentable(opened, "verify-email");
  await page.reload();
  await expect(page.getByText("Not confirmed"), "opening it does nothing yet").toBeVisible();
  await button.click();
  await expect(opened.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
  await expectPresentable(opened, "verify-email-done");
  await opened.goBack();
  const [, secret = ""] = link.split("#");
  expect(secret.length).toBeGreaterThan(40);
  expect(addresses.join("\n")).not.toContain(secret);

  await page.bringToFront();
  await page.reload();
  await expect(page.getByText("Confirmed", { exact: true })).toBeVisible();
  await expectPresentable(page, "profile-confirmed");
  await page.goto("/assistants");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(banner).toHaveCount(0);
});

test("A2: a link that is cut off, or not ours, confirms nothing, says so and leads on", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await page.goto("/verify-email");
  await expect(page.getByRole("heading", { name: "A part of the link is missing" })).toBeVisible();
  await expectPresentable(page, "link-missing");
  const unknown = `${crypto.randomUUID()}.${"A".repeat(43)}`;
  await page.goto(`/verify-email#${unknown}`);
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByRole("heading", { name: "This link no longer works" })).toBeVisible();
  await expectPresentable(page, "link-over");
  await expect(page.getByRole("link", { name: "Go to your profile" })).toBeVisible();
  await page.goto("/reset-password");
  await expect(page.getByText("A part of the link is missing")).toBeVisible();
  await page.goto(`/reset-password#${unknown}`);
  await expect(page.getByText("This link was used already or is too old")).toBeVisible();
  await expectPresentable(page, "reset-over");
});

test("A2: a link counts for its own account only: who is signed out signs in first, another account is told", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await page.goto("/settings");
  const link = await mailedLink(await mailboxOf(page), account.email, "Confirm your e-mail address");
  await forgetSession(page);
  const other = { ...account, email: `other-${account.email}` };
  await signUp(page, other);
  await page.goto(link);
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByRole("heading", { name: "This link is for another account" })).toBeVisible();
  await expectPresentable(page, "link-foreign");
  await forgetSession(page);
  await page.goto(link);
  await expect(page.getByText("Sign in first")).toBeVisible();
  await expectPresentable(page, "link-signed-out");
  const addresses = requestedBy(page);
  await page.getByRole("link", { name: "Sign in", exact: true }).click();
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
  expect(addresses.join("\n")).not.toContain(link.split("#")[1]);
});

test("A7: asking for a new password looks the same whether there is an account or not", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await forgetSession(page);
  await page.goto("/forgot-password");
  await expectPresentable(page, "forgot-password");
  const answers: string[] = [];
  const stranger = `nobody-${crypto.randomUUID()}@example.org`;
  for (const email of [account.email, stranger]) {
    await forget(page, email);
    answers.push(((await page.getByRole("main").textContent()) ?? "").replace(email, "…"));
  }
  expect(answers[0]).toBe(answers[1]);
  await expectPresentable(page, "forgot-password-sent");
  const mailbox = await mailboxOf(page);
  await mailedLink(mailbox, account.email, "Reset your password");
  expect(await mailsTo(mailbox, stranger)).toEqual([]);
});

test("A2, A10, E2: a new password by mail: the old one and every session end, a new vault begins, the link is used up", async ({
  page,
  account,
  browser,
}) => {
  await signUp(page, account);
  const elsewhere = await browser.newContext();
  const visitor = await elsewhere.newPage();
  const mailbox = await forget(visitor, account.email);
  const link = await mailedLink(mailbox, account.email, "Reset your password");
  const addresses = requestedBy(visitor);
  await visitor.goto(link);
  await expect(visitor.getByText("Your vault starts anew")).toBeVisible();
  await expect(visitor.getByText("This address was never confirmed")).toBeVisible();
  await expect(visitor).toHaveURL("/reset-password");
  await expectPresentable(visitor, "reset-password");
  await choosePassword(visitor, "password123");
  await expect(visitor.getByRole("alert")).toContainText("among the first things that are tried");
  await choosePassword(visitor, newPassword);
  await expect(visitor.getByRole("heading", { name: "Your password is changed" })).toBeVisible();
  await expectPresentable(visitor, "reset-password-done");
  expect(addresses.join("\n")).not.toContain(link.split("#")[1]);
  await page.waitForURL(/\/sign-in\?to=/, { timeout: 5000, waitUntil: "commit" });

  await visitor.getByRole("link", { name: "Sign in", exact: true }).click();
  await expect(visitor.getByLabel("E-mail")).toHaveValue(account.email);
  await visitor.getByLabel("Password", { exact: true }).fill(account.password);
  await visitor.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(visitor.getByRole("alert")).toContainText("don’t match");
  await visitor.getByLabel("Password", { exact: true }).fill(newPassword);
  await visitor.getByRole("button", { name: "Sign in", exact: true }).click();
  await visitor.waitForURL("**/assistants");
  await visitor.getByRole("link", { name: "Vault" }).first().click();
  await expect(visitor.getByText("Unlocked in this tab")).toBeVisible();
  await expect(visitor.getByRole("heading", { name: "Nothing is stored yet" })).toBeVisible();

  await visitor.goto("about:blank");
  await visitor.goto(link);
  await expect(visitor.getByText("This link was used already or is too old")).toBeVisible();
  await visitor.getByRole("link", { name: "Ask for a new link" }).click();
  await expect(visitor.getByRole("heading", { name: "Forgot your password?" })).toBeVisible();
  await elsewhere.close();
});

test("A6: with two-step sign-in, the mailed link is not enough for a new password", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await confirmAddress(page, account);
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Set it up" }).click();
  const key = ((await page.getByRole("definition").textContent()) ?? "").replaceAll(/\s/g, "");
  await page.getByLabel("Code", { exact: true }).fill(await currentCode(account.email, key));
  await page.getByRole("button", { name: "Turn on" }).click();
  const list = page.getByRole("list", { name: "Recovery codes" });
  await expect(list.getByRole("listitem")).toHaveCount(10);
  const [recoveryCode = ""] = (await list.textContent())?.match(/[a-z2-7]{4}(-[a-z2-7]{4}){3}/) ?? [];
  await forgetSession(page);

  const mailbox = await forget(page, account.email);
  await page.goto(await mailedLink(mailbox, account.email, "Reset your password"));
  await choosePassword(page, newPassword);
  const code = page.getByLabel("Code from your app");
  await expect(code).toBeFocused();
  await expectPresentable(page, "reset-password-code");
  await code.fill("000000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("This code isn’t right");
  await page.getByRole("button", { name: "Use a recovery code instead" }).click();
  await page.getByLabel("Recovery code").fill(recoveryCode);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Your password is changed" })).toBeVisible();

  await signIn(page, { ...account, password: newPassword });
  await page.getByLabel("Code from your app").fill(await currentCode(account.email, key));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/assistants");
});

test("A2: a new password by a mailed link whose answer is lost is not called undone, nor by the link that is spent", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await forgetSession(page);
  const mailbox = await forget(page, account.email);
  await page.goto(await mailedLink(mailbox, account.email, "Reset your password"));
  await loseAnswer(page, /password\.reset/);
  await choosePassword(page, newPassword);
  await expect(page.getByRole("alert")).toContainText("Your password may be the new one already");
  await expectPresentable(page, "reset-password-unanswered");
  await page.getByRole("button", { name: "Set new password" }).click();
  const heading = page.getByRole("heading", { name: "Your password may be the new one already" });
  await expect(heading).toBeVisible();
  await expectPresentable(page, "reset-password-unanswered-twice");
  await signIn(page, { ...account, password: newPassword });
  await page.waitForURL("**/assistants");
});

test("A8: a passkey of the account is what a mailed link asks for; who it doesn’t recognise changes nothing", async ({
  page,
  account,
}) => {
  const device = await PasskeyDevice.plugIn(page);
  await signUp(page, account);
  await confirmAddress(page, account);
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await forgetSession(page);
  const mailbox = await forget(page, account.email);
  await page.goto(await mailedLink(mailbox, account.email, "Reset your password"));
  await choosePassword(page, newPassword);
  const button = page.getByRole("button", { name: "Use your passkey" });
  await expect(button).toBeVisible();
  await expectPresentable(page, "reset-password-passkey");
  await device.recognises(false);
  await button.click();
  await expect(page.getByRole("alert")).toContainText("Your password stays as it was");
  await expectPresentable(page, "reset-password-passkey-refused");
  await device.recognises(true);
  await button.click();
  await expect(page.getByRole("heading", { name: "Your password is changed" })).toBeVisible();
});

test("A10: another address takes over after showing who it is, and only once its mailbox confirms", async ({
  page,
  account,
}) => {
  const next = { ...account, email: `new-${account.email}` };
  await signUp(page, account);
  await page.goto("/settings");
  const mailbox = await mailboxOf(page);
  await page.getByRole("button", { name: "Change e-mail" }).click();
  const field = page.getByLabel("New e-mail address");
  await expect(field).toBeFocused();
  await field.fill(account.email.toUpperCase());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("This is your address already");
  await expectPresentable(page, "change-email-form");
  await field.fill(next.email);
  await letProofsExpire(account.email);
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Show that it’s you" });
  await expect(question).toContainText("To change your e-mail address.");
  await question.getByLabel("Password", { exact: true }).fill(account.password);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Your new address isn’t used yet")).toBeVisible();
  await expectPresentable(page, "change-email-asked");
  const link = await mailedLink(mailbox, next.email, "Confirm your new e-mail address");
  await expect
    .poll(async () => (await mailsTo(mailbox, account.email)).map(({ subject }) => subject))
    .toContain("Your e-mail address is about to change");
  await expect(page.getByText(account.email, { exact: true }).first()).toBeVisible();

  const opened = await page.context().newPage();
  await opened.goto(link);
  await expect(opened.getByRole("button", { name: "Use this address" })).toBeEnabled();
  await expect(opened).toHaveURL("/change-email");
  await expect(opened.getByText(`instead of ${account.email}.`)).toBeVisible();
  await expectPresentable(opened, "change-email");
  await opened.getByRole("button", { name: "Use this address" }).click();
  await expect(opened.getByRole("heading", { name: "Your account has a new address" })).toBeVisible();
  await expectPresentable(opened, "change-email-done");
  await opened.goto("about:blank");
  await opened.goto(link);
  await opened.getByRole("button", { name: "Use this address" }).click();
  await expect(opened.getByRole("heading", { name: "This link no longer works" })).toBeVisible();
  await opened.close();

  await page.reload();
  await expect(page.getByText(next.email, { exact: true }).first()).toBeVisible();
  await expect(page.getByText("Confirmed", { exact: true })).toBeVisible();
  await forgetSession(page);
  await signIn(page, account);
  await expect(page.getByRole("alert")).toContainText("don’t match");
  await signIn(page, next);
  await page.waitForURL("**/assistants");
  await page.getByRole("link", { name: "Vault" }).first().click();
  await expect(page.getByText("Unlocked in this tab")).toBeVisible();
});
