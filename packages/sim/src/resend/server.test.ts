import { request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { type Resend, type ResendOptions, startResend } from "./server.ts";

const apiKey = "re_0123456789abcdef0123456789abcdef";
const mail = {
  from: "OpenClaw Launch <no-reply@example.org>",
  to: "ada@example.org",
  subject: "Hello",
  html: "<p>Hello</p>",
  text: "Hello",
};

async function start(options: Partial<ResendOptions> = {}): Promise<Resend> {
  const resend = await startResend({ apiKey, ...options });
  onTestFinished(() => resend.close());
  return resend;
}

type Sent = { key?: string | null; body?: unknown; idempotencyKey?: string };

async function send({ baseUrl }: Resend, { key = apiKey, body = mail, idempotencyKey }: Sent = {}) {
  const response = await fetch(`${baseUrl}/emails`, {
    method: "POST",
    headers: {
      ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
      ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as { id?: string };
  return { status: response.status, headers: response.headers, body: answer };
}

const page = (resend: Resend, path = "") => fetch(`${resend.mailboxUrl}${path}`);
const refusal = (statusCode: number, name: string) => ({ status: statusCode, body: { statusCode, name } });

test("a mail is kept as it was sent, and found by its id", async () => {
  const resend = await start();
  const { status, body } = await send(resend);
  expect(status).toBe(200);
  const response = await fetch(`${resend.baseUrl}/emails/${body.id}`, {
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  expect(await response.json()).toMatchObject({ ...mail, id: body.id, to: [mail.to], object: "email" });
});

test.each([
  ["no key", { key: null }, 401, "missing_api_key"],
  ["a wrong key", { key: "re_other" }, 403, "invalid_api_key"],
  ["no JSON", { body: "{" }, 400, "validation_error"],
  ["nobody to send to", { body: { ...mail, to: undefined } }, 422, "missing_required_field"],
  ["an empty subject", { body: { ...mail, subject: "" } }, 422, "missing_required_field"],
  ["nothing to say", { body: { ...mail, html: undefined, text: undefined } }, 422, "missing_required_field"],
  ["no address", { body: { ...mail, to: "nobody" } }, 422, "validation_error"],
  ["a second line in an address", { body: { ...mail, to: "a@b.c\nBcc: d@e.f" } }, 422, "validation_error"],
  ["an empty key", { idempotencyKey: "" }, 400, "invalid_idempotency_key"],
  ["a key that is too long", { idempotencyKey: "k".repeat(257) }, 400, "invalid_idempotency_key"],
  ["more than it takes", { body: { ...mail, text: "x".repeat(1024 * 1024) } }, 413, "validation_error"],
])("%s is refused in Resend's words, and nothing is kept", async (_, sent, status, name) => {
  const resend = await start();
  expect(await send(resend, sent)).toMatchObject(refusal(status, name));
  expect(resend.emails()).toEqual([]);
});

test("a mail under a used key is the earlier one for a day; another mail is a conflict", async () => {
  let now = new Date("2026-03-01T12:00:00Z");
  const resend = await start({ now: () => now });
  const idempotencyKey = "welcome/1";
  const first = await send(resend, { idempotencyKey });
  expect((await send(resend, { idempotencyKey })).body).toEqual(first.body);
  expect(await send(resend, { idempotencyKey, body: { ...mail, subject: "Other" } })).toMatchObject(
    refusal(409, "invalid_idempotent_request"),
  );
  now = new Date("2026-03-02T12:00:00Z");
  await send(resend, { idempotencyKey });
  expect(resend.emails()).toHaveLength(2);
});

test("it fails when told to, until it is healed", async () => {
  const resend = await start();
  resend.fail({ kind: "429", seconds: 7 });
  const { headers, ...answer } = await send(resend);
  expect(answer).toMatchObject(refusal(429, "rate_limit_exceeded"));
  expect([headers.get("retry-after"), headers.get("ratelimit-reset")]).toEqual(["7", "7"]);
  resend.fail({ kind: "500" });
  resend.heal();
  expect((await send(resend)).status).toBe(200);
});

test("the latest 300 mails are kept", async () => {
  const resend = await start();
  for (let count = 0; count < 302; count++)
    await send(resend, { body: { ...mail, subject: `No. ${count}` } });
  const kept = resend.emails();
  expect(kept).toHaveLength(300);
  expect([kept[0]?.subject, kept.at(-1)?.subject]).toEqual(["No. 301", "No. 2"]);
});

test("the mailbox tells programs what came to an address, newest first", async () => {
  const resend = await start();
  await send(resend);
  await send(resend, { body: { ...mail, to: ["bob@example.org"] } });
  await send(resend, { body: { ...mail, subject: "Second" } });
  const subjects = async (query: string) =>
    ((await (await page(resend, `.json${query}`)).json()) as { subject: string }[]).map(
      ({ subject }) => subject,
    );
  expect(await subjects("?to=ada@example.org")).toEqual(["Second", "Hello"]);
  expect(await subjects("?to=nobody@example.org")).toEqual([]);
  expect(await subjects("")).toHaveLength(3);
});

const hostile = {
  ...mail,
  to: "\"&amp;'@example.org",
  subject: "</title><script>alert(2)</script>",
  html: "<html><head><title>x</title></head><script>alert(3)</script><a href='https://example.org/#a.b'>go</a>",
  text: "<script>alert(4)</script> https://example.org/verify-email#a.b <img src=x>",
};

test("the mailbox shows a mail without running anything of it, under a policy that forbids it too", async () => {
  const resend = await start();
  const { body } = await send(resend, { body: hostile });
  const response = await page(resend, `/${body.id}`);
  const html = await response.text();
  const nonces = [...html.matchAll(/<(?:script|style)([^>]*)>/g)].map(([, attributes]) => attributes);
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];
  expect(nonces).toEqual([` nonce="${nonce}"`, ` nonce="${nonce}"`]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe-inline");
  expect(html).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
  expect(html).toContain('href="https://example.org/verify-email#a.b" target="_blank"');
  expect(html).not.toContain("<img");
});

test("the mail itself stands in a sandbox, also when it is opened alone, and its links open in a tab", async () => {
  const resend = await start();
  const { body } = await send(resend, { body: hostile });
  const response = await page(resend, `/${body.id}/html`);
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  expect(policy).toMatch(/sandbox allow-popups allow-popups-to-escape-sandbox$/);
  expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin/);
  expect(await response.text()).toContain('<head><base target="_blank">');
});

test("a mail that isn't there is no page", async () => {
  const resend = await start();
  expect((await page(resend, "/none")).status).toBe(404);
  expect(await (await page(resend)).text()).toContain("No mail yet");
});

test("whoever asks for another name than this machine's is told nothing: pages of other sites", async () => {
  const resend = await start();
  await send(resend);
  const status = await new Promise((resolve) => {
    request(`${resend.mailboxUrl}.json`, { headers: { Host: "evil.example" } }, (response) =>
      resolve(response.resume().statusCode),
    ).end();
  });
  expect(status).toBe(404);
});
