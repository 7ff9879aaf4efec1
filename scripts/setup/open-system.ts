import { startSystem } from "../../packages/core/src/adapters/start-system.ts";
import { type AdminConfig, readAdminConfig } from "../../packages/core/src/config.ts";
import type { System } from "../../packages/core/src/system.ts";
import { environmentOf } from "./environment.ts";
import { readLayout, readPorts } from "./layout.ts";
import { findPostgres } from "./postgres.ts";
import { readSecrets } from "./secrets.ts";

type Use<T> = (sys: System, config: AdminConfig) => Promise<T>;

/** For an operator's command: the system on DATABASE_URL or, without it, on the database of `npm start`, which must run. */
export async function withSystem<T>(use: Use<T>): Promise<T> {
  const layout = readLayout();
  const secrets = await readSecrets(layout.data);
  const databaseUrl =
    process.env["DATABASE_URL"] ||
    (await findPostgres(layout.postgres, secrets.POSTGRES_PASSWORD))?.appUrl(
      "openclaw_launch",
      secrets.POSTGRES_APP_PASSWORD,
    );
  if (!databaseUrl) {
    console.error(
      "The database does not run. Start everything with `npm start`, then try again in another terminal.",
    );
    process.exit(1);
  }
  const settings = {
    layout,
    ports: readPorts(),
    secrets,
    databaseUrl,
    instanceImage: "",
    given: process.env,
  };
  const config = readAdminConfig({ ...environmentOf("admin", settings), LOG_LEVEL: "error" });
  const sys = await startSystem(config, { works: false });
  return use(sys, config).finally(() => sys.close());
}
