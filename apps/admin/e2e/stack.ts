// What the tests know of the product that they look at; `npm test` sets it.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("../../../scripts/make-admin.ts", import.meta.url));

export const databaseUrl = given("E2E_DATABASE_URL");
/** Where people have their accounts. */
export const dashboardUrl = given("E2E_WEB_URL");

/** The link that `npm run make-admin` prints, as a path of the admin app. */
export async function invite(email: string): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), "launch-invite-"));
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    ADMIN_URL: given("E2E_ADMIN_URL"),
    LAUNCH_DATA: data,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [script, email], { env });
  await rm(data, { recursive: true });
  const path = /\/invitation#[\w-]{43}/.exec(stdout)?.[0];
  if (!path) throw new Error(`make-admin printed no link:\n${stdout}`);
  return path;
}

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
