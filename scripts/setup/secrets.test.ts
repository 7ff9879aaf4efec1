import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSecrets } from "./secrets.ts";

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "secrets-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

test("secrets are made once, differ, and only their owner can read them", async () => {
  const first = await readSecrets(data);
  expect(await readSecrets(data)).toEqual(first);
  expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
  expect((await stat(join(data, "secrets.json"))).mode & 0o777).toBe(0o600);
});

test("a secret that a newer version needs is added to the others", async () => {
  await writeFile(join(data, "secrets.json"), '{"APP_SECRET":"kept"}');
  const secrets = await readSecrets(data);
  expect(secrets.APP_SECRET).toBe("kept");
  expect(secrets.INTERNAL_SECRET).toMatch(/^[\w-]{43}$/);
  expect(await readSecrets(data)).toEqual(secrets);
});

test("a damaged file is an error: new secrets would lock everybody out", async () => {
  await writeFile(join(data, "secrets.json"), '{"APP_SEC');
  await expect(readSecrets(data)).rejects.toThrow(SyntaxError);
});
