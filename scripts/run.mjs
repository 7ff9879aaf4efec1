// What `npm start`, `npm test` and the others call: any Node from 18 on, nothing installed yet.
// Installs the dependencies when they changed, then runs scripts/<command>.ts with the Node that comes with them.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, "node_modules", ".installed");
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
const pnpm = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;

const [command, ...args] = process.argv.slice(2);
const script = join(root, "scripts", `${command}.ts`);
if (!command || !existsSync(script)) fail(`There is no command "${command}". See "scripts" in package.json.`);
/** These look after what runs already, so they neither need nor wait for an installation. */
const isRemote = ["stop", "status", "logs"].includes(command);

if (!isRemote && !isInstalled()) await install();
const node = findNode();
if (!node) {
  if (isRemote) {
    console.log("Nothing is installed yet, so nothing runs. `npm start` does both.");
    process.exit(command === "status" ? 3 : 0);
  }
  fail(
    `Node.js ${process.version} is too old for this system (${process.platform}-${process.arch}): install Node 24 or newer.`,
  );
}
process.exitCode = await run(node, [
  ...(existsSync(join(root, ".env")) ? ["--env-file=.env"] : []),
  script,
  ...args,
]);

function wantedStamp() {
  const hash = createHash("sha256").update(`${pnpm} ${process.platform}-${process.arch}\n`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === wantedStamp();
}

async function install() {
  const log = join(root, ".data", "logs", "install.log");
  mkdirSync(dirname(log), { recursive: true });
  rmSync(stampFile, { force: true }); // what is interrupted is neither the old nor the new
  const output = createWriteStream(log);
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  console.log("Installing dependencies (about a minute the first time) …");
  const progress = setInterval(() => console.log(`  … ${seconds()}`), 10_000);
  // pnpm asks questions on a terminal unless it believes to be in CI.
  const npx = spawn("npx", ["--yes", pnpm, "install", "--frozen-lockfile", "--reporter=append-only"], {
    cwd: root,
    env: { ...process.env, CI: "true", TURBO_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const listen = onInterrupt(() => {
    if (npx.pid) process.kill(-npx.pid, "SIGTERM");
    fail("Interrupted. The same command goes on from here.");
  });
  output.once("error", (error) => {
    if (npx.pid) process.kill(-npx.pid, "SIGTERM");
    fail(`The output of the installation can't be kept: ${error.message}`);
  });
  npx.stdout.pipe(output, { end: false });
  npx.stderr.pipe(output, { end: false });
  const code = await new Promise((resolve) => {
    npx.once("error", (error) => resolve(error.message));
    npx.once("close", (status, signal) => resolve(status ?? signal));
  });
  clearInterval(progress);
  listen.stop();
  await new Promise((resolve) => output.end(resolve));
  if (code !== 0) {
    const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-20).join("\n");
    fail(
      `${lines}\n\nThe dependencies could not be installed (${code}). The whole output is in ${log}. Run the command again once the cause is gone.`,
    );
  }
  writeFileSync(stampFile, wantedStamp());
  console.log(`  done in ${seconds()}`);
}

function findNode() {
  const bundled = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  return [bundled, process.execPath].find((candidate) => {
    const { stdout } = spawnSync(candidate, ["--version"], { encoding: "utf8" });
    return Number(/^v(\d+)\./.exec(stdout ?? "")?.[1]) >= 24;
  });
}

/** Resolves with the exit code. Signals go to the child, which decides when to end. */
async function run(executable, parameters) {
  const path = [dirname(executable), join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  const child = spawn(executable, parameters, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  onInterrupt((signal) => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

/** Also when npm, which started us, is gone without having been able to tell us. */
function onInterrupt(react) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) react("SIGTERM");
  }, 1000);
  watch.unref();
  for (const signal of signals) process.on(signal, react);
  return {
    stop() {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, react);
    },
  };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
