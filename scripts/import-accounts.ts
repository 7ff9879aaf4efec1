// `npm run import-accounts -- accounts.jsonl`: opens accounts for the people of an older installation. Addresses that have one are
// skipped, so it can be run again. Without a file it says what stands in one.
import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { importAccount } from "../packages/core/src/auth/import-account.ts";
import { importAccountInput } from "../packages/core/src/auth/schema.ts";
import { readLayout } from "./setup/layout.ts";
import { withSystem } from "./setup/open-system.ts";

const linesPerReport = 100;

const file = await openFile(process.argv[2]);
const { DATABASE_URL, APP_SECRET } = process.env;
// One that was made up would lock everybody out.
if (DATABASE_URL && !APP_SECRET && !existsSync(join(readLayout().data, "secrets.json"))) {
  console.error("APP_SECRET is missing: what the web server of DATABASE_URL has, or nobody can sign in.");
  process.exit(1);
}
const counts = { imported: 0, exists: 0, refused: 0 };
await withSystem(async (sys, config) => {
  let number = 0;
  for await (const line of file.readLines()) {
    number++;
    const account = readLine(line, number);
    if (account) counts[await importAccount({ ...sys, config }, { kind: "operator" }, account)]++;
    else counts.refused++;
    if (number % linesPerReport === 0) console.log(`${number} lines …`);
  }
});
console.log(
  `${counts.imported} imported, ${counts.exists} had an account already, ${counts.refused} refused.`,
);
if (counts.refused > 0) process.exitCode = 1;

/** Relative to where the command was given: npm goes elsewhere. */
async function openFile(name: string | undefined): Promise<FileHandle> {
  try {
    if (name) return await open(resolve(process.env["INIT_CWD"] ?? "", name));
    console.error(`Name the file: npm run import-accounts -- accounts.jsonl
One account a line: {"email": "ada@example.org", "passwordHash": "$2b$12$…", "emailVerified": true}`);
  } catch (error) {
    console.error(`${name} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.exit(1);
}

/** Null for a line that is no account, after saying why. What stands in it is not repeated: hashes don't belong on a screen. */
function readLine(line: string, number: number) {
  const { data, error } = importAccountInput.safeParse(parseJson(line));
  for (const { path, message } of error?.issues ?? [])
    console.error(`Line ${number}: ${[...path, message].join(" ")}`);
  return data ?? null;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
