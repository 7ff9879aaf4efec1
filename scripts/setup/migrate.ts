import { fileURLToPath } from "node:url";
import { command } from "./command.ts";

const script = fileURLToPath(new URL("../../packages/core/prisma/migrate.ts", import.meta.url));

/** Brings the database to the newest migration, in a process of its own, and returns what that said. */
export async function migrate(databaseUrl: string): Promise<string> {
  // Node calls WebAssembly imports experimental; that is nothing for the person who reads the output.
  return await command(process.execPath, ["--disable-warning=ExperimentalWarning", script, "deploy"], {
    environment: { ...process.env, DATABASE_URL: databaseUrl },
  });
}
