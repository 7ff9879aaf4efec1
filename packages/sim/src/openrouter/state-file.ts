import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { keyRecord } from "./key-record.ts";

const accountState = z.strictObject({
  version: z.literal(1),
  /** US dollars bought. */
  credits: z.number(),
  /** Nanodollars, those of deleted keys too. */
  spent: z.number(),
  /** In the order of their creation. */
  keys: z.array(keyRecord),
});

export type AccountState = z.infer<typeof accountState>;

/** Null when there is no file yet; throws when it isn't one of ours. */
export function readState(path: string): AccountState | null {
  try {
    return accountState.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new Error(`${path} is not a state file of the stand-in`, { cause: error });
  }
}

/** Readers see the old state or the new one, never half of it. */
export function writeState(path: string, state: AccountState): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const written = `${path}.new`;
  writeFileSync(written, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(written, path);
}
