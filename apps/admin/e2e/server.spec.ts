import { expect, test } from "./test.ts";

for (const path of [
  "/sign-in",
  "/healthz",
  "/readyz",
  "/favicon.svg",
  "/nowhere",
  "/assets/none.js",
  "/api/none",
  "/api/trpc/auth.me",
]) {
  test(`S1: ${path} carries the security headers`, async ({ request }) => {
    const headers = (await request.get(path)).headers();
    expect(headers["content-security-policy"]).toMatch(
      /script-src 'nonce-[A-Za-z0-9+/=]{24}' 'strict-dynamic'/,
    );
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
    });
    expect(headers["x-powered-by"]).toBeUndefined();
  });
}

test("S1: a nonce is used once", async ({ request }) => {
  const nonces = await Promise.all(
    [1, 2].map(
      async () =>
        /nonce-([^']+)/.exec((await request.get("/sign-in")).headers()["content-security-policy"] ?? "")?.[1],
    ),
  );
  expect(new Set(nonces).size).toBe(2);
});

test("S1: what another site sends is refused", async ({ request }) => {
  const response = await request.post("/api/trpc/auth.logout", {
    headers: { origin: "https://evil.example" },
    data: { json: {} },
  });
  expect(response.status()).toBe(403);
  expect(await response.json()).toMatchObject({
    error: { json: { data: { code: "request.foreign-origin" } } },
  });
});

test("S1: a body that is too large is refused", async ({ request }) => {
  const response = await request.post("/api/trpc/auth.logout", {
    data: { json: { filler: "x".repeat(600_000) } },
  });
  expect(response.status()).toBe(413);
});

test("S1: nothing of the fleet is told to strangers", async ({ request }) => {
  for (const procedure of ["auth.me", "overview", "users.list", "instances.list", "hosts.list"]) {
    const response = await request.get(`/api/trpc/${procedure}?input=%7B%22json%22%3A%7B%7D%7D`);
    expect(response.status(), procedure).toBe(401);
  }
  for (const page of ["/", "/instances", "/people", "/hosts"]) {
    const response = await request.get(page, { maxRedirects: 0 });
    expect(response.status(), page).toBe(302);
    expect(response.headers()["location"]).toContain("/sign-in");
  }
});
