// `npm run migrate [-- create <name> | drift]`: migrations on DATABASE_URL or, without it, on the database of `npm start`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { readLayout, root } from "./setup/layout.ts";
import { findPostgres, startPostgres, stopPostgres } from "./setup/postgres.ts";
import { readSecrets } from "./setup/secrets.ts";

const args = process.argv.slice(2);
process.exitCode = process.env["DATABASE_URL"] ? run(process.env) : await runOnOwnDatabase();

async function runOnOwnDatabase(): Promise<number> {
  const layout = readLayout();
  const { POSTGRES_PASSWORD: password, POSTGRES_APP_PASSWORD } = await readSecrets(layout.data);
  const wasRunning = (await findPostgres(layout.postgres, password)) !== null;
  const server = await startPostgres({ directory: layout.postgres, password, durable: true });
  try {
    return run({
      DATABASE_OWNER_URL: server.url("openclaw_launch"),
      DATABASE_URL: server.appUrl("openclaw_launch", POSTGRES_APP_PASSWORD),
    });
  } finally {
    if (!wasRunning) await stopPostgres(layout.postgres);
  }
}

function run(urls: NodeJS.ProcessEnv): number {
  const script = join(root, "packages", "core", "prisma", "migrate.ts");
  const { status } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, ...(args.length > 0 ? args : ["deploy"])],
    { stdio: "inherit", env: { ...process.env, ...urls } },
  );
  return status ?? 1;
}
