import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const command = fileURLToPath(new URL("../../packages/core/prisma/migrate.ts", import.meta.url));

/** Brings the database to the newest migration, in a process of its own, and returns what that said. */
export async function migrate(databaseUrl: string): Promise<string> {
  // Node calls WebAssembly imports experimental; that is nothing for the person who reads the output.
  const { stdout } = await promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", command, "deploy"], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  return stdout.trim();
}
