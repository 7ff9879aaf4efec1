import { fileURLToPath } from "node:url";
import { command } from "./command.ts";

const script = fileURLToPath(new URL("../../packages/core/prisma/migrate.ts", import.meta.url));

/** Where the database is, for its owner and for the role that the product runs as. */
export type DatabaseUrls = { owner: string; app: string };

/** Brings the database to the newest migration and the product's role to its rights, in a process of its own, and returns what that said. */
export async function migrate({ owner, app }: DatabaseUrls): Promise<string> {
  // Node calls WebAssembly imports experimental; that is nothing for the person who reads the output.
  return await command(process.execPath, ["--disable-warning=ExperimentalWarning", script, "deploy"], {
    environment: { ...process.env, DATABASE_OWNER_URL: owner, DATABASE_URL: app },
  });
}
