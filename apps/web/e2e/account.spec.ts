import { readFile } from "node:fs/promises";
import { createLaunch } from "@openclaw-launch/sdk";
import { toLaunchError } from "@openclaw-launch/sdk/errors";
import type { Page } from "@playwright/test";
import { currentCode, scan } from "./authenticator.ts";
import { letProofsExpire } from "./stored.ts";
import { expect, expectPresentable, forgetSession, loseAnswer, readsOf, signUp, test } from "./test.ts";

type Account = { email: string; password: string };

// Refusals are answers with an error status, which browsers log.
test.use({ expectedErrors: [/Failed to load resource/] });

const shownKey = async (page: Page): Promise<string> =>
  ((await page.getByRole("definition").textContent()) ?? "").replaceAll(/\s/g, "");
const shownToken = async (page: Page): Promise<string> =>
  (await page.getByText(/^ocl_[\w-]{43}$/).textContent()) ?? "";

/** Turns two-step sign-in on through the settings. */
async function enrol(page: Page, { email }: Account): Promise<{ key: string; codes: string[] }> {
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Set it up" }).click();
  const key = await shownKey(page);
  await page.getByLabel("Code", { exact: true }).fill(await currentCode(email, key));
  await page.getByRole("button", { name: "Turn on" }).click();
  const list = page.getByRole("list", { name: "Recovery codes" });
  await expect(list.getByRole("listitem")).toHaveCount(10);
  const codes = (await list.textContent())?.match(/[a-z2-7]{4}(-[a-z2-7]{4}){3}/g) ?? [];
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText("10 of 10 left")).toBeVisible();
  return { key, codes };
}

async function enterPassword(page: Page, { email, password }: Account): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.goto("/settings");
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
}

test("A6: an app is set up from a picture that any scanner reads, and its codes then sign in", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await page.goto("/settings/security");
  await expectPresentable(page, "security");
  await page.getByRole("button", { name: "Set it up" }).click();

  const uri = new URL(await scan(page.getByRole("img", { name: /QR code/ })));
  const key = await shownKey(page);
  expect(uri.protocol).toBe("otpauth:");
  expect(uri.searchParams.get("secret")).toBe(key);
  expect(uri.searchParams.get("issuer")).toBe("OpenClaw Launch");
  expect(decodeURIComponent(uri.pathname)).toContain(account.email);

  const code = page.getByLabel("Code", { exact: true });
  await code.fill("12345");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("A code has six digits.");
  await code.fill("000000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("This code isn’t right");
  await expectPresentable(page, "enrolment");
  await code.fill((await currentCode(account.email, key)).replace(/^.../, "$& "));
  await page.keyboard.press("Enter");

  const kept = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await readFile(await (await kept).path(), "utf8");
  const lines = file.trimEnd().split("\n").slice(-10);
  expect(lines.filter((line) => /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/.test(line))).toHaveLength(10);
  await expectPresentable(page, "recovery-codes");
  await page.emulateMedia({ media: "print" });
  await expect(page.getByText("Recovery codes of")).toBeVisible();
  await expect(page.getByRole("navigation").first()).toBeHidden();
  await page.screenshot({ path: test.info().outputPath("recovery-codes-print.png"), fullPage: true });
  await page.emulateMedia({ media: "screen" });
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText("10 of 10 left")).toBeVisible();
  await expectPresentable(page, "security-on");

  await signOut(page);
  await enterPassword(page, account);
  const field = page.getByLabel("Code from your app");
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute("autocomplete", "one-time-code");
  await expectPresentable(page, "sign-in-code");
  await page.keyboard.type("000 000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("This code isn’t right");
  await field.fill(await currentCode(account.email, key));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/assistants");
  await page.getByRole("link", { name: "Vault" }).first().click();
  await expect(page.getByText("Unlocked in this tab")).toBeVisible();
});

test("A6: without the phone, a recovery code signs in once, and says how many are left", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  const { codes } = await enrol(page, account);
  await signOut(page);
  await enterPassword(page, account);
  await page.getByRole("button", { name: "Use a recovery code instead" }).click();
  await expect(page.getByLabel("Recovery code")).toBeFocused();
  await expectPresentable(page, "sign-in-recovery-code");
  await page.keyboard.type(codes[0]?.toUpperCase() ?? "");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "You are signed in" })).toBeVisible();
  await expect(page.getByText("9 recovery codes are left")).toBeVisible();
  await expectPresentable(page, "signed-in-without-app");
  await page.getByRole("link", { name: "Security settings" }).click();
  await expect(page.getByText("9 of 10 left")).toBeVisible();

  await signOut(page);
  await enterPassword(page, account);
  await page.getByRole("button", { name: "Use a recovery code instead" }).click();
  await page.getByLabel("Recovery code").fill(codes[0] ?? "");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("was used already");
  await page.getByRole("button", { name: "Start again" }).click();
  await expect(page.getByLabel("E-mail")).toHaveValue(account.email);
});

test("A6: turning it off asks again who it is, by password or by code, and then the password is enough", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  const { key } = await enrol(page, account);
  await letProofsExpire(account.email);
  await page.getByRole("button", { name: "New recovery codes" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make new ones" }).click();
  const question = page.getByRole("dialog", { name: "Show that it’s you" });
  await expect(question).toContainText("To make new recovery codes.");
  await question.getByRole("button", { name: "Use a code instead" }).click();
  await expect(question.getByLabel("Code from your app")).toBeFocused();
  await expectPresentable(page, "step-up-code");
  await question.getByLabel("Code from your app").fill("000000");
  await page.keyboard.press("Enter");
  await expect(question.getByRole("alert")).toContainText("This code isn’t right");
  await question.getByLabel("Code from your app").fill(await currentCode(account.email, key));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Recovery codes" })).toBeVisible();
  await page.getByRole("button", { name: "I have kept them" }).click();

  await letProofsExpire(account.email);
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
  await expect(question).toContainText("To turn two-step sign-in off.");
  await expectPresentable(page, "step-up-password");
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(page.getByText("10 of 10 left"), "a no changes nothing").toBeVisible();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeFocused();
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
  await question.getByLabel("Password", { exact: true }).fill(account.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Set it up" })).toBeVisible();

  await signOut(page);
  await enterPassword(page, account);
  await page.waitForURL("**/assistants");
});

test("A2: a new password opens the same vault, and signs everybody else out", async ({
  page,
  account,
  browser,
}) => {
  const newPassword = "seven green kettles sing 4";
  await signUp(page, account);
  const elsewhere = await browser.newPage();
  await enterPassword(elsewhere, account);
  await elsewhere.waitForURL("**/assistants");

  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("Current password", { exact: true })).toBeFocused();
  await page.getByLabel("Current password", { exact: true }).fill("not this one 99");
  await page.getByLabel("New password", { exact: true }).fill(newPassword);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("alert")).toContainText("Your password stays as it was");
  await expectPresentable(page, "change-password");
  await page.getByLabel("Current password", { exact: true }).fill(account.password);
  await letProofsExpire(account.email);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(
    page.getByText("Your password is changed. Everywhere else you are signed out.", { exact: true }),
  ).toBeVisible();
  await elsewhere.waitForURL(/\/sign-in\?to=%2Fassistants/);
  await elsewhere.close();

  await page.goto("/vault");
  await page.getByRole("button", { name: "Unlock" }).click();
  const dialog = page.getByRole("dialog", { name: "Unlock your vault" });
  await dialog.getByLabel("Password", { exact: true }).fill(account.password);
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("This isn’t your password");
  await dialog.getByLabel("Password", { exact: true }).fill(newPassword);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Unlocked in this tab")).toBeVisible();
});

test("A2: a change of the password whose answer is lost is not called undone", async ({ page, account }) => {
  const newPassword = "seven green kettles sing 4";
  await signUp(page, account);
  await page.goto("/settings/security");
  await loseAnswer(page, /password\.change/);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByLabel("Current password", { exact: true }).fill(account.password);
  await page.getByLabel("New password", { exact: true }).fill(newPassword);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("alert")).toContainText("Your password may be the new one already");
  await expect(page.getByRole("alert")).toContainText("Sign in with the new password first");
  await expectPresentable(page, "change-password-unanswered");
  await forgetSession(page);
  await enterPassword(page, { ...account, password: newPassword });
  await page.waitForURL("**/assistants");
});

test("A10: a session that is ended from elsewhere ends within seconds, whatever its page shows", async ({
  page,
  account,
  browser,
}) => {
  await signUp(page, account);
  const elsewhere = await browser.newPage();
  await enterPassword(elsewhere, account);
  await elsewhere.waitForURL("**/assistants");
  await elsewhere.goto("/vault");

  await page.goto("/settings/sessions");
  const sessions = page.getByRole("list", { name: "Sessions" }).getByRole("listitem");
  await expect(sessions).toHaveCount(2);
  await expect(sessions.first()).toContainText("This one");
  await expect(sessions.first().getByRole("button")).toHaveCount(0);
  await expectPresentable(page, "sessions");
  await sessions
    .nth(1)
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await expect(sessions).toHaveCount(1);
  await elsewhere.waitForURL("**/sign-in?to=%2Fvault", { timeout: 5000, waitUntil: "commit" });
  await expect(page.getByText("You are signed in nowhere else.")).toBeVisible();

  await enterPassword(elsewhere, account);
  await elsewhere.waitForURL("**/assistants");
  await page.reload();
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign out everywhere else?" });
  await dialog.getByRole("button", { name: "Sign out everywhere else" }).click();
  await elsewhere.waitForURL(/\/sign-in/, { timeout: 5000, waitUntil: "commit" });
  await elsewhere.close();
});

test("A7: a token is made after showing who it is, shown once, used by a program, and revoked", async ({
  page,
  account,
  baseURL,
}) => {
  await signUp(page, account);
  await page.goto("/settings/tokens");
  await expectPresentable(page, "tokens-empty");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("button", { name: "Make the token" }).click();
  await expect(page.getByRole("alert")).toContainText("Give it a name");
  await expectPresentable(page, "token-new");
  await page.getByLabel("Name").fill("nightly check");
  await page.getByRole("radio", { name: /A week/ }).check();
  await letProofsExpire(account.email);
  await page.keyboard.press("Tab");
  const reads = readsOf(page);
  await page.getByRole("button", { name: "Make the token" }).click();
  const question = page.getByRole("dialog", { name: "Show that it’s you" });
  await question.getByLabel("Password", { exact: true }).fill("not the password 1");
  await page.keyboard.press("Enter");
  await expect(question.getByRole("alert")).toContainText("This isn’t your password");
  await question.getByLabel("Password", { exact: true }).fill(account.password);
  await page.keyboard.press("Enter");
  const token = await shownToken(page);
  await expectPresentable(page, "token-made");
  expect(reads, "a page that can't be read takes what it shows with it").toEqual([]);

  const { api } = createLaunch({ url: baseURL ?? "", token });
  expect((await api.auth.me.query({})).email).toBe(account.email);
  const forbidden = await api.auth.sessions.list.query({}).then(() => null, toLaunchError);
  expect(forbidden?.code).toBe("auth.token-scope");

  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByText(token)).toBeHidden();
  await expect(page.getByRole("list", { name: "API tokens" })).toContainText("nightly check");
  await page.reload();
  expect(await page.content(), "it is in no page any more").not.toContain(token);
  const row = page.getByRole("list", { name: "API tokens" }).getByRole("listitem");
  await expect(row).toContainText("nightly check");
  await expect(row).toContainText("last used");
  await expectPresentable(page, "tokens");
  await page.getByRole("button", { name: "Revoke nightly check" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("heading", { name: "No API tokens" })).toBeVisible();
  const refused = await api.auth.me.query({}).then(() => null, toLaunchError);
  expect(refused?.code).toBe("auth.required");
});

/** More than one page of events, made by a program. */
async function renameOften(url: string, token: string): Promise<void> {
  const { api } = createLaunch({ url, token });
  const model = (await api.instances.models.query({})).models[0]?.id ?? "";
  const { id } = await api.instances.create.mutate({
    id: crypto.randomUUID(),
    name: "Ada",
    model,
    channels: [],
  });
  for (let n = 1; n <= 55; n++) await api.instances.rename.mutate({ instanceId: id, name: `Ada ${n}` });
}

test("R1: activity tells what happened, filtered by the address, opened, page by page and as a file", async ({
  page,
  account,
  baseURL,
}) => {
  await signUp(page, account);
  const { key } = await enrol(page, account);
  await signOut(page);
  await enterPassword(page, { ...account, password: "not the password 1" });
  await expect(page.getByRole("alert")).toContainText("don’t match");
  await enterPassword(page, account);
  await page.getByLabel("Code from your app").fill("000000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("This code isn’t right");
  await page.getByLabel("Code from your app").fill(await currentCode(account.email, key));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/assistants");

  await page.getByRole("link", { name: "Activity" }).first().click();
  const events = page.getByRole("list", { name: "Events" }).locator("> li");
  await expect(events).toHaveText([
    /Signed in with password and app/,
    /Sign-in refused: wrong code/,
    /Sign-in begun with your password/,
    /Sign-in refused: wrong password/,
    /Signed out/,
    /Two-step sign-in turned on/,
    /Signed in with your password/,
    /Account created/,
  ]);
  await expectPresentable(page, "activity");
  await page.getByRole("link", { name: "Refused only" }).click();
  await expect(page).toHaveURL("/activity?outcome=refused");
  await page.getByRole("link", { name: "Sign-in", exact: true }).click();
  await expect(page).toHaveURL("/activity?outcome=refused&kind=sign-in");
  await page.getByRole("link", { name: "24 hours" }).click();
  await expect(page).toHaveURL("/activity?outcome=refused&kind=sign-in&days=1");
  await expect(events).toHaveCount(2);
  await page.reload();
  await events.first().getByText("Sign-in refused: wrong code").click();
  await expect(events.first()).toContainText("auth.second-factor-failed");
  await expectPresentable(page, "activity-filtered-open");
  const kept = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const rows = (await readFile(await (await kept).path(), "utf8")).trimEnd().split("\r\n");
  expect(rows).toHaveLength(3);
  expect(rows[1]).toContain("auth.second-factor-failed,refused");
  await page.getByRole("link", { name: "Vault", exact: true }).last().click();
  await expect(page.getByRole("heading", { name: "Nothing of this kind" })).toBeVisible();
  await expectPresentable(page, "activity-empty");

  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("Name").fill("renamer");
  await page.getByRole("radio", { name: /Manage/ }).check();
  await page.getByRole("button", { name: "Make the token" }).click();
  await renameOften(baseURL ?? "", await shownToken(page));
  await page.goto("/activity?kind=assistants");
  await expect(events).toHaveCount(50);
  await expect(events.first()).toContainText("An assistant renamed to Ada 55");
  await expect(events.first()).toContainText("by an API token");
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/\/activity\?kind=assistants&after=/);
  await expect(events).toHaveCount(6);
  await expect(events.last()).toContainText("Ada made");
  await page.getByRole("link", { name: "Newest" }).click();
  await expect(events).toHaveCount(50);
});
