// The whole product on free ports, with a database and data of its own, for as long as something is tried on it.
import { mkdir, rm } from "node:fs/promises";
import { settingNames } from "@openclaw-launch/core/config";
import { startOpenIdPeer } from "@openclaw-launch/core/testing/openid-peer";
import { eraseInstances } from "../setup/instances.ts";
import { layoutOf, type Ports } from "../setup/layout.ts";
import { endLeftovers } from "../setup/leftovers.ts";
import { migrate } from "../setup/migrate.ts";
import { freePort } from "../setup/ports.ts";
import { startPostgres, stopPostgres } from "../setup/postgres.ts";
import { recordOf } from "../setup/process-identity.ts";
import { Processes } from "../setup/processes.ts";
import type { Progress } from "../setup/progress.ts";
import { writeRun } from "../setup/run-record.ts";
import { readSecrets } from "../setup/secrets.ts";
import { addressesOf, startPart, startStack } from "../setup/stack.ts";

export type TryOut = {
  webUrl: string;
  adminUrl: string;
  /** Of the worker. */
  internalUrl: string;
  /** Of what stands in for the services of others. */
  standInsUrl: string;
  databaseUrl: string;
  /** Ports of the loopback where a person's browser is led. */
  browserPorts: readonly number[];
  /** What the product made on the engine carries the label `org.openclaw-launch.engine=<prefix>`. */
  prefix: string;
  kill(part: Mortal): Promise<void>;
  /** Returns when it works again; a worker with another image than before, if it is given one. */
  revive(part: Mortal, change?: { instanceImage: string }): Promise<void>;
};

/** What can be killed while the product runs. */
export type Mortal = "web" | "worker" | "database";

type Options = {
  data: string;
  instanceImage: string;
  progress: Progress;
  /** Settings of this product alone. */
  environment?: NodeJS.ProcessEnv;
  /** Whether what was committed outlives a killed database. Costs time, and matters only where it is killed. */
  durable?: boolean;
};

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** On the engine this product must not meet the one that `npm start` runs. */
const prefix = "ot";

/**
 * Starts everything in the folder `data`, which is emptied first, and ends it afterwards; the logs stay.
 * Rejects when one of its processes ends meanwhile.
 */
export async function withProduct<T>(options: Options, use: (product: TryOut) => Promise<T>): Promise<T> {
  const layout = layoutOf(options.data);
  const begun = await runOf();
  const processes = new Processes(layout.logs, (records) =>
    writeRun(layout.runFile, { ...begun, processes: [...records] }),
  );
  const interrupted = Promise.withResolvers<never>();
  interrupted.promise.catch(() => {}); // nobody may be waiting yet
  const interrupt = () => interrupted.reject(new Error("Interrupted."));
  for (const signal of signals) process.on(signal, interrupt);
  await endLeftovers(layout);
  await rm(layout.data, { recursive: true, force: true });
  await mkdir(layout.data, { recursive: true, mode: 0o700 });
  await eraseInstances(prefix);
  const ports = await freePorts();
  const google = await startGoogle(ports);
  const starting = start(options, processes, { ports, google });
  starting.catch(() => {}); // an interruption may have come first
  try {
    const product = await Promise.race([starting, interrupted.promise]);
    return await Promise.race([use(product), processes.ended, interrupted.promise]);
  } finally {
    await processes.stop();
    await google.close();
    await endLeftovers(layout);
    await eraseInstances(prefix);
    for (const signal of signals) process.off(signal, interrupt);
  }
}

async function runOf() {
  const main = await recordOf("main", process.pid);
  return { main, startedAt: new Date().toISOString(), ready: false, addresses: {}, health: {} };
}

async function start(
  { data, instanceImage, progress, environment = {}, durable = false }: Options,
  processes: Processes,
  { ports, google }: { ports: Ports; google: Google },
): Promise<TryOut> {
  const layout = layoutOf(data);
  const secrets = await readSecrets(data);
  const openDatabase = (port?: number) =>
    startPostgres({
      directory: layout.postgres,
      password: secrets.POSTGRES_PASSWORD,
      durable,
      ...(port && { port }),
    });
  let server = await openDatabase();
  const databaseUrl = server.appUrl("openclaw_launch", secrets.POSTGRES_APP_PASSWORD);
  await migrate({ owner: server.url("openclaw_launch"), app: databaseUrl });
  const settings = {
    layout,
    ports,
    secrets,
    databaseUrl,
    instanceImage,
    // All people come from one address here.
    given: {
      ...environmentApart(),
      INSTANCE_PREFIX: prefix,
      RATE_LIMIT_FACTOR: "1000",
      ...google.environment,
      ...environment,
    },
  };
  const reached = addressesOf(settings);
  const run = { ...(await runOf()), ready: true, ...reached };
  const record = () => writeRun(layout.runFile, { ...run, processes: [...processes.records] });
  await startStack(settings, processes, progress);
  await record();
  async function kill(part: Mortal): Promise<void> {
    if (part === "database") process.kill(server.pid, "SIGQUIT");
    else await processes.kill(part);
  }
  async function revive(part: Mortal, change?: { instanceImage: string }): Promise<void> {
    if (part === "database") {
      await stopPostgres(layout.postgres);
      server = await openDatabase(server.port);
    } else await startPart(part, { ...settings, ...change }, processes);
    await record();
  }
  return {
    webUrl: reached.addresses["web"] ?? "",
    adminUrl: reached.addresses["admin"] ?? "",
    internalUrl: reached.addresses["worker"] ?? "",
    standInsUrl: reached.addresses["sim"] ?? "",
    databaseUrl,
    browserPorts: [ports.web, ports.admin, ports.edge, google.port],
    prefix,
    kill,
    revive,
  };
}

/** The caller's environment without what would lead to the product that they run, its data, its backups. */
export function environmentApart(caller = process.env): NodeJS.ProcessEnv {
  const isTheirs = (variable: string) =>
    /^(SIM|POSTGRES)_|^(DATABASE_OWNER_URL|NODE_ENV)$/.test(variable) ||
    (settingNames.includes(variable) && variable !== "DOCKER_SOCKET");
  return Object.fromEntries(Object.entries(caller).filter(([variable]) => !isTheirs(variable)));
}

type Google = Awaited<ReturnType<typeof startGoogle>>;

/** In Google's place; who signs in there is chosen by a button with their name. */
async function startGoogle({ web }: Ports) {
  const [id, secret] = ["launch", "only for tests"];
  const redirectUri = `http://localhost:${web}/auth/google/callback`;
  const people = ["Grace", "Katherine"].map((name) => ({
    name,
    email: `${name.toLowerCase()}@gmail.com`,
    email_verified: true,
  }));
  const { url, port, close } = await startOpenIdPeer({ id, secret, redirectUri }, people);
  const environment = { GOOGLE_ISSUER: url, GOOGLE_CLIENT_ID: id, GOOGLE_CLIENT_SECRET: secret };
  return { environment, port, close };
}

export async function freePorts(): Promise<Ports> {
  const [web, admin, edge, internal, sim, mail, egress] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  return { web, admin, edge, internal, sim, mail, egress };
}
