// A container engine: one that is reachable, else one that is installed and that we may start, else one from Debian.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command, succeeds } from "./command.ts";
import { canInstallPackages, installPackages } from "./debian.ts";

const packages = ["docker.io", "iptables", "iproute2"];
/** Newer releases have the command line and the builder in packages of their own. */
const optionalPackages = ["docker-cli", "docker-buildx"];
const startLimitMs = 60_000;

// What the worker is told counts for the command line too.
const { DOCKER_SOCKET: givenSocket } = process.env;
if (givenSocket) process.env["DOCKER_HOST"] = `unix://${givenSocket}`;

/** What a person has to do before the engine can be used. */
export class NoEngine extends Error {}

type Options = { logs: string; report: (detail: string) => void };

/**
 * Makes sure that an engine answers. Returns its version. It keeps running when we end. From then on DOCKER_HOST names it, so that
 * whatever we start uses the same one.
 */
export async function ensureEngine(options: Options): Promise<string> {
  const version = await findOrStart(options);
  process.env["DOCKER_HOST"] = await localAddress();
  return version;
}

/** Also of an engine that a context of the command line leads to, such as a rootless one. */
async function localAddress(): Promise<string> {
  const address = await command("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]);
  if (!address.startsWith("unix://"))
    throw new NoEngine(
      `The container engine is at ${address}. Assistants need one on this machine: set DOCKER_HOST to its socket, unix:///….`,
    );
  return address;
}

async function findOrStart(options: Options): Promise<string> {
  const version = await engineVersion();
  if (version) return version;
  if (!(await succeeds("docker", ["--version"])) && (await answers("/var/run/docker.sock"))) {
    // Installing a second engine beside it would break the first one's network.
    throw new NoEngine(
      "A container engine runs, but the command `docker` is missing. Install it (Debian: docker-cli), then try again.",
    );
  }
  if (process.env["DOCKER_HOST"])
    throw new NoEngine(`No container engine answers at DOCKER_HOST=${process.env["DOCKER_HOST"]}.`);
  if (process.platform !== "linux")
    throw new NoEngine(
      "No container engine answers. Start Docker Desktop (or another Docker Engine), then try again.",
    );
  if (process.getuid?.() !== 0) throw new NoEngine(await adviceForUser());

  if (!(await succeeds("dockerd", ["--version"]))) {
    if (!(await canInstallPackages())) {
      throw new NoEngine(
        "Docker Engine is missing. Install it (docs.docker.com/engine/install), then try again.",
      );
    }
    options.report(`installing ${packages.join(", ")}`);
    await installPackages(packages, {
      optional: optionalPackages,
      logFile: join(options.logs, "install-docker.log"),
    });
    const started = await engineVersion(); // the packages start it where there is an init system
    if (started) return started;
  }
  options.report("starting dockerd");
  return await startEngine(join(options.logs, "dockerd.log"));
}

/** Null when no engine answers. */
export async function engineVersion(): Promise<string | null> {
  const output = await command("docker", ["version", "--format", "{{.Server.Version}}"], {
    timeoutMs: 10_000,
  }).catch(() => "");
  return output.split("\n").at(-1)?.trim() || null;
}

async function answers(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  return await once(socket, "connect")
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

async function adviceForUser(): Promise<string> {
  const user = process.env["USER"] ?? "$USER";
  if (existsSync("/var/run/docker.sock")) {
    return `You may not use the container engine of this machine. As root: usermod -aG docker ${user}. Then sign in again and repeat the command.`;
  }
  const isInstalled = await succeeds("dockerd", ["--version"]);
  const steps = isInstalled ? ["systemctl start docker"] : [`apt-get install ${packages.join(" ")}`];
  return `No container engine runs. As root: ${[...steps, `usermod -aG docker ${user}`].join(" && ")}. Then sign in again and repeat the command.`;
}

async function startEngine(logFile: string): Promise<string> {
  const hasSystemd = existsSync("/run/systemd/system");
  if (hasSystemd) await command("systemctl", ["start", "docker"]);
  await mkdir(dirname(logFile), { recursive: true });
  const log = await open(logFile, "a");
  const daemon = hasSystemd
    ? null
    : spawn("dockerd", [], { detached: true, stdio: ["ignore", log.fd, log.fd] });
  daemon?.unref();
  await log.close();
  const deadline = performance.now() + startLimitMs;
  while (performance.now() < deadline && (daemon === null || daemon.exitCode === null)) {
    const version = await engineVersion();
    if (version) return version;
    await sleep(300);
  }
  const lines = (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-6);
  throw new NoEngine(
    `Docker Engine is installed but does not start here:\n${lines.map((line) => `  ${line}`).join("\n")}\n` +
      "Start it yourself, or set DOCKER_HOST to one that runs.",
  );
}
