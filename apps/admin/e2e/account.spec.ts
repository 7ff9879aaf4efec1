import { createLaunch } from "@openclaw-launch/sdk";
import { shownCode } from "@openclaw-launch/sdk/testing/authenticator";
import { dashboardUrl, invite } from "./stack.ts";
import { becomeAdmin, expect, expectAccessible, newAdmin, test } from "./test.ts";

const refused = /Failed to load resource: the server responded with a status of 40[134]/;
test.use({ expectedComplaints: [refused] });

test("A1: a one-time link makes an admin, once", async ({ page }) => {
  const { email, password } = newAdmin();
  const link = await invite(email);
  await page.goto(link);
  await expect(page.getByLabel("E-mail")).toHaveValue(email);

  await page.getByLabel("Password", { exact: true }).fill("password12");
  await page.getByRole("button", { name: "Become an admin" }).click();
  await expect(page.getByText("is among the first things that are tried")).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Become an admin" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(page.getByRole("table", { name: "People" })).toContainText(email);
  expect(page.url(), "the token is in no address any more").not.toContain("#");

  await page.goto(link);
  await expect(page.getByRole("alert")).toContainText("was used already");
  await expectAccessible(page);
});

test("A1: the password of an account is asked when its address is invited again", async ({ page }) => {
  const { email, password } = newAdmin();
  await becomeAdmin(page, { email, password });
  await page.goto("about:blank"); // an open page would go to the sign-in by itself
  await page.context().clearCookies();
  await page.goto(await invite(email));
  await page.getByLabel("Password", { exact: true }).fill("not this one at all");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("don’t match");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
});

test.describe("an account with two-step sign-in", () => {
  test.use({ expectedComplaints: [/status of 401 .*auth\.(verifyTotp|login)/] });

  test("A6: is asked for its second factor after an invitation, and at every sign-in", async ({ page }) => {
    const { email, password } = newAdmin();
    const { auth } = await signedUp({ email, password });
    const { secret } = await auth.totp.begin.mutate({});
    const enrolledAt = Date.now();
    const { codes } = await auth.totp.confirm.mutate({ code: shownCode(secret, enrolledAt) });

    await page.goto(await invite(email));
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Become an admin" }).click();
    await page.getByLabel("Code from your app").fill("000000");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toContainText("This code is not right");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Use a recovery code instead" }).click();
    await page.getByLabel("Recovery code").fill(codes[0] ?? "");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();

    await page.getByRole("button", { name: `Account of ${email}` }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveTitle("Sign in · Admin");
    await page.goto("/people");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
    await expectAccessible(page);
    await page.goto("/people");
    await expect(page, "a password alone opens nothing").toHaveURL("/sign-in?to=%2Fpeople");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    // The next one: the code of this moment confirmed the app.
    await page.getByLabel("Code from your app").fill(shownCode(secret, enrolledAt, 1));
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/people");
  });
});

async function signedUp(credentials: { email: string; password: string }) {
  const launch = createLaunch({ url: dashboardUrl });
  await launch.signUp(credentials);
  return launch.api;
}

test.describe("an invitation that is none", () => {
  test.use({ expectedComplaints: [/status of 40[04] .*auth\.readInvitation/] });

  for (const token of ["", "too-short", "A".repeat(43)]) {
    test(`A1: the link with the token "${token}" leads on`, async ({ page }) => {
      await page.goto(`/invitation#${token}`);
      await expect(page.getByRole("alert")).toContainText("This invitation can’t be used");
      await page.getByRole("link", { name: "Sign in instead" }).click();
      await expect(page).toHaveTitle("Sign in · Admin");
    });
  }
});

test("A2: signing in by keyboard leads back to where one was going, and the password is in no request", async ({
  page,
}) => {
  const { email, password } = newAdmin();
  const sent: string[] = [];
  page.on("request", (request) =>
    sent.push(request.url(), request.postData() ?? "", JSON.stringify(request.headers())),
  );
  await becomeAdmin(page, { email, password });
  await page.getByRole("button", { name: `Account of ${email}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveTitle("Sign in · Admin");

  await page.goto("/instances?status=failed");
  await expect(page).toHaveURL("/sign-in?to=%2Finstances%3Fstatus%3Dfailed");
  await expectAccessible(page);
  await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  await page.getByLabel("E-mail").focus();
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.type("a wrong password");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("don’t match");
  await expect(page.getByLabel("E-mail")).toHaveValue(email);
  await expectAccessible(page);

  await page.reload();
  await expect(page.getByLabel("E-mail"), "kept over a reload").toHaveValue(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/instances?status=failed");
  expect(
    sent.filter((part) => part.includes(password) || part.includes(encodeURIComponent(password))),
  ).toEqual([]);
});

test("A2: after signing in, an address of another site is not followed", async ({ page }) => {
  const admin = newAdmin();
  await becomeAdmin(page, admin);
  await page.goto("/sign-in?to=//evil.example/");
  await expect(page).toHaveURL("/");
});

test("S1: a session ends with its sign-out, and its cookie is the admin app's alone", async ({
  page,
  context,
  request,
}) => {
  const admin = newAdmin();
  await becomeAdmin(page, admin);
  const cookies = (await context.cookies()).filter(({ httpOnly }) => httpOnly);
  const [cookie, ...others] = cookies.filter(({ name }) => name !== "__Host-device");
  expect(others).toEqual([]);
  expect(cookie).toMatchObject({
    name: "__Host-admin-session",
    secure: true,
    httpOnly: true,
    sameSite: "Lax",
    path: "/",
  });

  const headers = { cookie: `${cookie?.name}=${cookie?.value}` };
  expect((await request.get("/api/trpc/auth.me?input=%7B%22json%22%3A%7B%7D%7D", { headers })).status()).toBe(
    200,
  );
  await page.getByRole("button", { name: `Account of ${admin.email}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveTitle("Sign in · Admin");
  expect((await request.get("/api/trpc/auth.me?input=%7B%22json%22%3A%7B%7D%7D", { headers })).status()).toBe(
    401,
  );
});

test.describe("while the server isn’t reached", () => {
  test.use({ expectedComplaints: [/Failed to load resource: net::ERR_FAILED .*auth\.logout/] });

  test("a sign-out without an answer promises nothing", async ({ page }) => {
    const admin = newAdmin();
    await becomeAdmin(page, admin);
    await page.route(/auth\.logout/, (route) => route.abort());
    await page.getByRole("button", { name: `Account of ${admin.email}` }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("alert")).toContainText("You may still be signed in");
  });
});
