import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readAdminConfig, readWebConfig, readWorkerConfig, settingNames } from "./config.ts";

const repository = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const strong = "q3hbXhJ3mF1mTzGJ8yq0cVtKo5n4Rw7uLsPaEdYi2kM";
const web = {
  DATABASE_URL: "postgresql://localhost/launch",
  WEB_URL: "http://localhost:3000",
  APP_SECRET: strong,
  INTERNAL_SECRET: strong,
  RESEND_API_KEY: "re_0123456789abcdefghij",
  MAIL_FROM: "OpenClaw Launch <no-reply@example.org>",
};

test.each([
  ["missing", undefined],
  ["short", "abc"],
  ["a default", "change-me-change-me-change-me-change-me-change-me"],
  ["one character over and over", "a".repeat(64)],
])("web refuses to start when its secret is %s, and names the variable, not the value", (_, secret) => {
  const start = () => readWebConfig({ ...web, APP_SECRET: secret });
  expect(start).toThrow(/APP_SECRET/);
  if (secret) expect(start).not.toThrow(new RegExp(secret));
});

test.each([
  ["RESEND_API_KEY", "re_123"],
  ["RESEND_API_KEY", "re_0123456789abcdefghij\nX-Header: 1"],
  ["MAIL_FROM", "no-reply@example.org"],
  ["MAIL_FROM", "OpenClaw <no-reply@example.org>\r\nBcc: other <a@example.org>"],
])("web refuses to start with %s %j", (name, value) => {
  expect(() => readWebConfig({ ...web, [name]: value })).toThrow(name);
});

test.each([
  ["GOOGLE_CLIENT_SECRET", { GOOGLE_CLIENT_ID: "id" }],
  ["GOOGLE_CLIENT_ID", { GOOGLE_CLIENT_SECRET: "a secret" }],
  ["GITHUB_CLIENT_SECRET", { GITHUB_CLIENT_ID: "id" }],
  ["GITHUB_CLIENT_ID", { GITHUB_CLIENT_SECRET: "a secret" }],
])("web refuses to start without %s when the other half is set", (missing, half) => {
  const start = () => readWebConfig({ ...web, ...half });
  expect(start).toThrow(new RegExp(`${missing}: is missing`));
  expect(start).not.toThrow(/a secret/);
});

test.each([
  "WEB_URL",
  "OPENROUTER_BASE_URL",
  "GOOGLE_ISSUER",
  "GITHUB_URL",
  "GITHUB_API_URL",
  "RESEND_BASE_URL",
] as const)("%s may be plain http only within the machine", (name) => {
  for (const refused of [
    "http://example.org",
    "http://127.0.0.1.example.org",
    "http://localhost.example.org",
  ])
    expect(() => readWebConfig({ ...web, [name]: refused })).toThrow(name);
  for (const fine of ["https://example.org", "http://127.0.0.1:4000", "http://localhost:4000"])
    expect(readWebConfig({ ...web, [name]: fine })[name]).toBe(fine);
});

test("the worker refuses to start without a management key, folder and image", () => {
  expect(() => readWorkerConfig({})).toThrow(
    /WORKER_DATA[\s\S]*INSTANCE_IMAGE[\s\S]*OPENROUTER_MANAGEMENT_KEY/,
  );
});

test("the admin server keeps what it uses and nothing else that its environment holds", () => {
  const environment = { ...Object.fromEntries(settingNames.map((name) => [name, "1"])), ...web };
  const config = readAdminConfig({ ...environment, LOG_LEVEL: "info", ADMIN_URL: "http://localhost:3001" });
  expect(Object.keys(config).sort()).toEqual([
    "ADMIN_HOST",
    "ADMIN_PORT",
    "ADMIN_URL",
    "APP_SECRET",
    "ARGON2_CONCURRENCY",
    "DATABASE_POOL_SIZE",
    "DATABASE_URL",
    "LOG_LEVEL",
    "RATE_LIMIT_FACTOR",
    "TRUSTED_PROXIES",
  ]);
});

test("every variable is documented", async () => {
  const source = await readFile(fileURLToPath(new URL("config.ts", import.meta.url)), "utf8");
  const documented = await readFile(repository("docs/hosting/environment.md"), "utf8");
  const names = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].flatMap(([, name]) => name ?? []);
  expect(names.length).toBeGreaterThan(25);
  for (const name of names) expect(documented).toContain(`\`${name}\``);
});
