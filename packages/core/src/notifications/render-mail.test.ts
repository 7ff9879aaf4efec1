import { describe, expect, test } from "vitest";
import { mailTokenOf, readMailToken } from "../auth/mail-token.ts";
import { renderMail } from "./render-mail.ts";
import { changeWords, mailboxUrlOf } from "./rules.ts";
import { type MailTemplate, mailTemplate, type SecurityNotice, securityChange } from "./schema.ts";
import { type LinkSystem, writeMail } from "./write-mail.ts";

const WEB_URL = "https://launch.example.org";
const sys = {
  config: { WEB_URL, APP_SECRET: "q3hbXhJ3mF1mTzGJ8yq0cVtKo5n4Rw7uLsPaEdYi2kM" },
} as unknown as LinkSystem;
const tokenId = "0b6a3c1e-5f0d-4c8e-9a52-2f6f1f0e7d11";

const notice = (change: Partial<SecurityNotice> = {}): SecurityNotice => ({
  kind: "security-notice",
  change: "new-device",
  name: null,
  at: "2026-03-01T12:00:00.000Z",
  ip: "192.0.2.7",
  device: "Firefox on Linux",
  ...change,
});
const write = (template: MailTemplate) => renderMail(writeMail(sys, mailTemplate.parse(template)));

const linked = [
  ["verify-email", "/verify-email"],
  ["reset-password", "/reset-password"],
  ["change-email", "/change-email"],
] as const;
const all: MailTemplate[] = [
  ...linked.map(([kind]) => ({ kind, tokenId })),
  { kind: "account-exists" },
  {
    kind: "upgrade-undone",
    instanceId: tokenId,
    name: "Ada",
    reason: "deploy.not-healthy",
    at: "2026-03-01T12:00:00.000Z",
  },
  {
    kind: "assistant-stopped",
    instanceId: tokenId,
    name: "Ada",
    reason: "instance.crash-loop",
    at: "2026-03-01T12:00:00.000Z",
  },
  ...securityChange.options.map((change) => notice({ change, name: "Laptop" })),
];
const nameOf = (template: MailTemplate) => ("change" in template ? template.change : template.kind);

describe.each(all.map((template) => [nameOf(template), template] as const))("the mail %s", (_, template) => {
  test("says the same in HTML and in text: heading, button, whole link, why it came", async () => {
    const content = writeMail(sys, template);
    const { subject, html, text } = await write(template);
    const words = html
      .replace(/<style.*?<\/style>|<[^>]*>/gs, "")
      .replaceAll("&#x27;", "'")
      .replaceAll("&quot;", '"');
    const { heading, paragraphs, facts, button, otherwise, reason } = content;
    for (const said of [
      heading,
      ...paragraphs,
      ...facts.flat(),
      button.label,
      button.url,
      otherwise,
      reason,
    ]) {
      expect(words).toContain(said);
      expect(text).toContain(said);
    }
    expect(html.split(`href="${button.url}"`)).toHaveLength(3);
    expect(subject).toBe(content.subject);
    expect(subject).toMatch(/^[ -~]{10,60}$/);
  });

  test("loads nothing and runs nothing", async () => {
    const { html } = await write(template);
    expect(html).not.toMatch(/<script|<img|<link|src=|url\(|javascript:/i);
    const addresses = [...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url);
    for (const address of addresses) expect(address).toMatch(/^https:\/\/launch\.example\.org\//);
  });

  test("written again, it is the same to the byte", async () => {
    expect(await write(template)).toEqual(await write(template));
  });
});

test.each(linked)(
  "the link of %s holds a token that this installation accepts, behind the #",
  async (kind, path) => {
    const { text } = await write({ kind, tokenId });
    const [, url = ""] = /^(https:.*)$/m.exec(text) ?? [];
    const { origin, pathname, search, hash } = new URL(url);
    expect([origin, pathname, search]).toEqual([WEB_URL, path, ""]);
    expect(readMailToken(sys, hash.slice(1))).toBe(tokenId);
  },
);

test("a token of another id, another installation or none is no token", () => {
  const token = mailTokenOf(sys, tokenId);
  const other = { config: { ...sys.config, APP_SECRET: "x".repeat(43) } } as unknown as LinkSystem;
  const [, mac] = token.split(".");
  for (const wrong of [
    mailTokenOf(other, tokenId),
    `${tokenId.replace("0", "1")}.${mac}`,
    `${token.slice(0, -2)}AA`,
    tokenId,
    `${tokenId}.`,
    `${token}A`,
    ` ${token}`,
    "",
  ])
    expect(readMailToken(sys, wrong)).toBeNull();
  expect(readMailToken(sys, token)).toBe(tokenId);
});

describe("a hostile name", () => {
  const name = `</td><script>alert("1")</script>\r\nBcc: eve@example.org\u202e'&lt;`;

  test("stays text in HTML", async () => {
    const { html } = await write(notice({ change: "api-token-created", name, device: name, ip: name }));
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(html).toContain("&amp;lt;");
  });

  test("makes no line of its own, turns no text round, and ends", async () => {
    const { subject, text } = await write(
      notice({ change: "api-token-created", name, device: "x".repeat(500) }),
    );
    expect(subject).not.toMatch(/\s{2}|[\r\n]/);
    expect(text).toContain(`Name: </td><script>alert("1")</script> Bcc: eve@example.org '&lt;\n`);
    expect(text).not.toContain("\u202e");
    expect(text).toContain(`With: ${"x".repeat(100)}…\n`);
  });
});

test("a notice tells when, from where and with what; what isn't known it leaves out", async () => {
  expect((await write(notice())).text).toContain(
    "When: 1 March 2026, 12:00 UTC\nFrom: 192.0.2.7\nWith: Firefox on Linux\n",
  );
  const { text } = await write(notice({ ip: null, device: null }));
  expect(text).not.toMatch(/From:|With:|Name:|null/);
});

test.each(["constructor", "__proto__", "toString"])("the name %s is a name like any other", async (name) => {
  expect((await write(notice({ change: "api-token-created", name }))).text).toContain(`Name: ${name}\n`);
});

test("a provider is written as it writes itself", async () => {
  expect((await write(notice({ change: "provider-linked", name: "github" }))).text).toContain(
    "Name: GitHub\n",
  );
});

test("every change has words of its own", () => {
  const subjects = Object.values(changeWords).map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(securityChange.options.length);
});

test.each([
  ["http://127.0.0.1:3100/resend", "http://127.0.0.1:3100/mailbox"],
  ["https://api.resend.com", null],
  ["https://relay.example.org/resend", null],
])("mails to %s are read at %s", (baseUrl, mailbox) => {
  expect(mailboxUrlOf(baseUrl)).toBe(mailbox);
});
