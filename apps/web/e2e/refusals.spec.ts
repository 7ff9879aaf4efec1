import { expect, forgetSession, signIn, signUp, test } from "./test.ts";

// Refusals are answers with an error status, which browsers log.
test.use({ expectedErrors: [/Failed to load resource/] });

test("A2: a wrong password is refused in words, and what was typed stays", async ({ page, account }) => {
  await signUp(page, account);
  await forgetSession(page);
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill("not the password 1");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("E-mail and password don’t match");
  await expect(page.getByLabel("E-mail")).toHaveValue(account.email);
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
});

test("A2: a weak password is refused before anything is sent", async ({ page, account }) => {
  const requests: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/trpc/auth.register")) requests.push(request.url());
  });
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill("no-address");
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert")).toContainText("That is no e-mail address");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill("password123");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert")).toContainText("among the first things that are tried");
  expect(requests).toEqual([]);
});

test("A2: a browser that can’t make keys of a password says so, wherever one is asked, and nothing is sent", async ({
  page,
  account,
}) => {
  await signUp(page, account);
  await page.goto("/assistants/new");
  const sent: string[] = [];
  page.on("request", (request) => {
    if (/auth\.(register|login)/.test(request.url())) sent.push(request.url());
  });
  // As Lockdown Mode does.
  await page.context().route("**/assets/stretch-worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `delete self.WebAssembly;\n${await response.text()}` });
  });
  const refusal = page.getByText("This browser couldn’t make the keys of your password");

  await page.getByLabel("Name").fill("Ada");
  await page.getByRole("button", { name: "Launch" }).click();
  await page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(account.password);
  await page.keyboard.press("Enter");
  await expect(refusal).toBeVisible();

  await forgetSession(page);
  await signIn(page, account);
  await expect(refusal).toBeVisible();
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(refusal).toBeVisible();
  expect(sent).toEqual([]);
});

test("an address that leads nowhere says so and leads on", async ({ page }) => {
  const response = await page.goto("/nowhere");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Go to your assistants" })).toBeVisible();
  await expect(page.getByRole("link", { name: "OpenClaw Launch" })).toHaveAttribute("href", "/");
});

test("V1: an assistant that is none of mine is the same as none at all", async ({ page, account }) => {
  await signUp(page, account);
  const response = await page.goto("/assistants/00000000-0000-4000-8000-000000000000");
  expect(response?.status()).toBe(404);
  await expect(page.getByText("There is no such assistant. It may have been deleted.")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main" }).first()).toBeVisible();
});

test("N4: the security headers are on pages, files, the API and errors", async ({ request }) => {
  for (const path of [
    "/",
    "/favicon.svg",
    "/nowhere",
    "/assets/nothing.js",
    "/api/trpc/auth.me",
    "/api/nothing",
    "/%",
    "/healthz",
  ]) {
    const headers = (await request.get(path, { failOnStatusCode: false })).headers();
    expect(headers["content-security-policy"], path).toContain("default-src 'none'");
    expect(headers["x-frame-options"], path).toBe("DENY");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["referrer-policy"], path).toBe("strict-origin-when-cross-origin");
    expect(headers["permissions-policy"], path).toContain("camera=()");
    expect(headers["x-powered-by"], path).toBeUndefined();
  }
});

test("V1: what is too large or no JSON is refused with a clear 4xx", async ({ request }) => {
  const login = "/api/trpc/auth.login";
  const headers = { "content-type": "application/json" };
  const large = await request.post(login, { headers, data: `{"json":{"email":"${"a".repeat(600_000)}"}}` });
  expect(large.status()).toBe(413);
  const broken = await request.post(login, { headers, data: "{" });
  expect(broken.status()).toBe(400);
});

test("a request in the name of another site is refused", async ({ request }) => {
  const response = await request.post("/api/trpc/auth.logout", {
    headers: { "content-type": "application/json", origin: "https://evil.example" },
    data: '{"json":{}}',
  });
  expect(response.status()).toBe(403);
  expect(await response.text()).toContain("request.foreign-origin");
});
