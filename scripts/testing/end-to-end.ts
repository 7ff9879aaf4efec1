// The whole product on free ports and a database of its own, for as long as something is tried on it.
import { mkdir, rm } from "node:fs/promises";
import { eraseInstances } from "../setup/instances.ts";
import { layoutOf, type Ports } from "../setup/layout.ts";
import { endLeftovers } from "../setup/leftovers.ts";
import { migrate } from "../setup/migrate.ts";
import { freePort } from "../setup/ports.ts";
import { startPostgres } from "../setup/postgres.ts";
import { recordOf } from "../setup/process-identity.ts";
import { Processes } from "../setup/processes.ts";
import type { Progress } from "../setup/progress.ts";
import { writeRun } from "../setup/run-record.ts";
import { readSecrets } from "../setup/secrets.ts";
import { addressesOf, startStack } from "../setup/stack.ts";

export type TryOut = { webUrl: string; adminUrl: string; databaseUrl: string };
type Options = { data: string; instanceImage: string; progress: Progress };

/** On the engine this product must not meet the one that `npm start` runs. */
const prefix = "ot";

/** Starts everything in the folder `data`, which is emptied first, and removes it all but the logs afterwards. */
export async function withProduct<T>({ data, instanceImage, progress }: Options, use: (product: TryOut) => Promise<T>): Promise<T> {
  const layout = layoutOf(data);
  await endLeftovers(layout);
  await eraseInstances(prefix);
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });

  const secrets = await readSecrets(data);
  const processes = new Processes(layout.logs);
  try {
    const server = await startPostgres({ directory: layout.postgres, password: secrets.POSTGRES_PASSWORD, durable: false });
    const databaseUrl = server.url("openclaw_launch");
    await migrate(databaseUrl);
    const settings = { layout, ports: await freePorts(), secrets, databaseUrl, instanceImage, given: givenTo(process.env) };
    const run = { main: await recordOf("main", process.pid), startedAt: new Date().toISOString(), ready: true };
    await startStack(settings, processes, progress);
    const reached = addressesOf(settings);
    await writeRun(layout.runFile, { ...run, ...reached, processes: [...processes.records] });
    const product = { webUrl: reached.addresses["web"] ?? "", adminUrl: reached.addresses["admin"] ?? "", databaseUrl };
    return await Promise.race([use(product), processes.ended]);
  } finally {
    await processes.stop();
    await endLeftovers(layout);
    await eraseInstances(prefix);
  }
}

/** The caller's environment without what would lead to the product that they run. */
function givenTo(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(WEB|ADMIN|INTERNAL|EGRESS|SIM|INSTANCE|OPENROUTER)_|^DATABASE_URL$|^WORKER_DATA$/;
  const entries = Object.entries(environment).filter(([name]) => !ours.test(name));
  return { ...Object.fromEntries(entries), INSTANCE_PREFIX: prefix };
}

async function freePorts(): Promise<Ports> {
  const [web, admin, internal, sim, egress] = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
  return { web, admin, internal, sim, egress };
}
