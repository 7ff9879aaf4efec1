import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { createTestSystem } from "../packages/core/src/testing/test-system.ts";

const sys = await createTestSystem();
const folder = await mkdtemp(join(tmpdir(), "launch-import-"));
afterAll(() => rm(folder, { recursive: true }));

/** `name` is relative to the folder in which the command is given. */
async function importAccounts(...name: string[]) {
  const { DATABASE_URL, APP_SECRET } = sys.config;
  return await importWith({ DATABASE_URL, APP_SECRET }, ...name);
}

async function importWith(settings: NodeJS.ProcessEnv, ...name: string[]) {
  const script = spawn(process.execPath, [join(import.meta.dirname, "import-accounts.ts"), ...name], {
    env: { ...process.env, ...settings, LAUNCH_DATA: folder, INIT_CWD: folder },
  });
  const [out, err, [code]] = await Promise.all([
    text(script.stdout),
    text(script.stderr),
    once(script, "close"),
  ]);
  return { code, out, err };
}

const hash = "$2b$12$8NJH3LsPrANStV6XtBakCez0cKHXVxmvxIlcz785vxAIZrihHZpeS";

test("A2: accounts are imported line by line; what is refused is named, and running it again changes nothing", async () => {
  const lines = [
    { email: "Ada@example.org", passwordHash: hash, emailVerified: true },
    { email: "bob@example.org", passwordHash: hash },
    { email: "eve@example.org", passwordHash: hash.replace("$12$", "$10$") },
    { email: "no address", passwordHash: hash, role: "admin" },
  ].map((account) => JSON.stringify(account));
  await writeFile(join(folder, "accounts.jsonl"), [...lines, `{"email": "${hash}`].join("\n"));

  const first = await importAccounts("accounts.jsonl");
  expect(first.out).toBe("2 imported, 0 had an account already, 3 refused.\n");
  expect(first.err.trim().split("\n")).toEqual([
    "Line 3: passwordHash must be a bcrypt hash ($2a$, $2b$ or $2y$) of cost 12 to 15",
    "Line 4: email Invalid email address",
    'Line 4: Unrecognized key: "role"',
    "Line 5: Invalid input: expected object, received undefined",
  ]);
  expect(first.code).toBe(1);
  const users = await sys.db.user.findMany({ orderBy: { email: "asc" } });
  expect(users.map(({ email, role, emailVerifiedAt }) => [email, role, emailVerifiedAt !== null])).toEqual([
    ["ada@example.org", "user", true],
    ["bob@example.org", "user", false],
  ]);

  const again = await importAccounts("accounts.jsonl");
  expect(again.out).toBe("0 imported, 2 had an account already, 3 refused.\n");
  expect(await sys.db.user.findMany({ orderBy: { email: "asc" } })).toEqual(users);
});

test("into another server's database only with its secret: none is made up, which would lock everybody out", async () => {
  await rm(join(folder, "secrets.json"), { force: true });
  await writeFile(
    join(folder, "one.jsonl"),
    JSON.stringify({ email: "grace@example.org", passwordHash: hash }),
  );
  const { DATABASE_URL } = sys.config;
  expect(await importWith({ DATABASE_URL }, "one.jsonl")).toMatchObject({
    code: 1,
    err: expect.stringContaining("APP_SECRET is missing"),
  });
  expect(await sys.db.user.count({ where: { email: "grace@example.org" } })).toBe(0);
});

test("without a file it says which", async () => {
  expect(await importAccounts()).toMatchObject({
    code: 1,
    err: expect.stringContaining("npm run import-accounts -- accounts.jsonl"),
  });
  expect(await importAccounts("missing.jsonl")).toMatchObject({
    code: 1,
    err: expect.stringContaining("missing.jsonl can't be read"),
  });
});
