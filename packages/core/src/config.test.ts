import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readWebConfig, readWorkerConfig } from "./config.ts";

const repository = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const strong = "q3hbXhJ3mF1mTzGJ8yq0cVtKo5n4Rw7uLsPaEdYi2kM";
const web = {
  DATABASE_URL: "postgresql://localhost/launch",
  WEB_URL: "http://localhost:3000",
  APP_SECRET: strong,
  INTERNAL_SECRET: strong,
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

test("the worker refuses to start without a management key, folder and image", () => {
  expect(() => readWorkerConfig({})).toThrow(
    /WORKER_DATA[\s\S]*INSTANCE_IMAGE[\s\S]*OPENROUTER_MANAGEMENT_KEY/,
  );
});

test("every variable is documented", async () => {
  const source = await readFile(fileURLToPath(new URL("config.ts", import.meta.url)), "utf8");
  const documented = await readFile(repository("docs/hosting/environment.md"), "utf8");
  const names = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].flatMap(([, name]) => name ?? []);
  expect(names.length).toBeGreaterThan(25);
  for (const name of names) expect(documented).toContain(`\`${name}\``);
});
