import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "./replace-file.ts";

const names = [
  "APP_SECRET",
  "INTERNAL_SECRET",
  "POSTGRES_PASSWORD",
  "POSTGRES_APP_PASSWORD",
  "SIM_MANAGEMENT_KEY",
  "SIM_RESEND_KEY",
] as const;

export type Secrets = Record<(typeof names)[number], string>;

/** The secrets of this installation, made at its first start. Losing the file loses the accounts' passwords with it. */
export async function readSecrets(data: string): Promise<Secrets> {
  const file = join(data, "secrets.json");
  const known: Partial<Secrets> = JSON.parse(await readFile(file, "utf8").catch(ifMissing("{}")));
  const secrets = { ...Object.fromEntries(names.map((name) => [name, makeSecret()])), ...known } as Secrets;
  if (names.some((name) => known[name] === undefined))
    await replaceFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

const makeSecret = () => randomBytes(32).toString("base64url");

function ifMissing<T>(fallback: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return fallback;
    throw error;
  };
}
