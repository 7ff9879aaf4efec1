// `npm run make-admin -- you@example.org`: prints a link that makes its holder an admin, once, within the hour.
import { startSystem } from "../packages/core/src/adapters/start-system.ts";
import { email } from "../packages/core/src/auth/schema.ts";
import { readAdminConfig } from "../packages/core/src/config.ts";
import { inviteAdmin } from "../packages/core/src/users/invite-admin.ts";
import { environmentOf } from "./setup/environment.ts";
import { readLayout, readPorts } from "./setup/layout.ts";
import { findPostgres } from "./setup/postgres.ts";
import { readSecrets } from "./setup/secrets.ts";

const address = email.safeParse(process.argv[2]);
if (!address.success) fail("Name the e-mail address: npm run make-admin -- you@example.org");

const layout = readLayout();
const secrets = await readSecrets(layout.data);
const databaseUrl =
  process.env["DATABASE_URL"] ??
  (await findPostgres(layout.postgres, secrets.POSTGRES_PASSWORD))?.appUrl(
    "openclaw_launch",
    secrets.POSTGRES_APP_PASSWORD,
  );
if (!databaseUrl)
  fail("The database does not run. Start everything with `npm start`, then try again in another terminal.");

const settings = { layout, ports: readPorts(), secrets, databaseUrl, instanceImage: "", given: process.env };
const config = readAdminConfig({ ...environmentOf("admin", settings), LOG_LEVEL: "error" });
const sys = await startSystem(config, { works: false });
const { token, expiresAt } = await inviteAdmin(sys, { kind: "operator" }, { email: address.data });
await sys.close();

// The token stands behind "#": browsers keep that part to themselves, so it is in no server's log.
console.log(`Open this link to become an admin as ${address.data}. It works once, until ${expiresAt.toLocaleTimeString()}:

  ${config.ADMIN_URL}/invitation#${token}
`);

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
