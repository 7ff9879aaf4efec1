// `npm start`, `npm stop` and `npm run status` as a person has them, in a data folder and on ports of their own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, succeeds } from "./setup/command.ts";
import { type Layout, layoutOf, type Ports, portVariables, root } from "./setup/layout.ts";
import { findRun, readRun } from "./setup/run-record.ts";
import { environmentApart, freePorts } from "./testing/end-to-end.ts";

let folder: string;
let layout: Layout;
let ports: Ports;
let environment: NodeJS.ProcessEnv;
let asSomebody: string[];
let namespace: ChildProcess | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "a folder with spaces "));
  layout = layoutOf(join(folder, "data"));
  ports = await freePorts();
  const moved = Object.entries(portVariables).map(([name, variable]) => [
    variable,
    String(ports[name as keyof Ports]),
  ]);
  // Of the tests' runner and of the npm that started it.
  const ours = /^(NODE_ENV|VITEST.*|TEST|NODE_OPTIONS|npm_(?!config_).*)$/;
  const theirs = Object.entries(environmentApart()).filter(([name]) => !ours.test(name));
  environment = {
    ...Object.fromEntries([...theirs, ...moved]),
    LAUNCH_DATA: layout.data,
    INSTANCE_PREFIX: "os",
  };
  asSomebody = await notRoot();
});

afterAll(async () => {
  for (const { pid } of await ours()) process.kill(pid, "SIGKILL");
  namespace?.kill();
  await rm(folder, { recursive: true, force: true });
});

/** In a user namespace root owns what it owned, and has no other right than that. All commands share one, as those of a person do. */
async function notRoot(): Promise<string[]> {
  const unshare = ["unshare", ["--user", "--map-user=1000", "--map-group=1000"]] as const;
  if (process.getuid?.() !== 0 || !(await succeeds(unshare[0], [...unshare[1], "true"]))) return [];
  namespace = spawn(unshare[0], [...unshare[1], "sh", "-c", "echo ready; exec sleep infinity"]);
  if (namespace.stdout) await once(namespace.stdout, "data");
  return ["nsenter", "--user", "--preserve-credentials", `--target=${namespace.pid}`];
}

const bySomebody = (...words: string[]): [string, ...string[]] => {
  const [program = "", ...rest] = [...asSomebody, ...words];
  return [program, ...rest];
};

const npm = (...args: string[]) => {
  const [program, ...rest] = bySomebody("npm", ...args);
  return command(program, rest, { cwd: root, environment });
};

/** They are in no group of ours: whoever ends the tests ends them too. */
const terminals = new Set<number>();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    for (const group of terminals) process.kill(-group, "SIGTERM");
    process.exit(130);
  });

/** As in a terminal: a group of its own, to which Ctrl-C goes as a whole. */
class Terminal {
  output = "";
  readonly #npm: ChildProcess;
  readonly #ended: Promise<unknown[]>;

  constructor() {
    const [program, ...args] = bySomebody("npm", "start");
    this.#npm = spawn(program, args, {
      cwd: root,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#ended = once(this.#npm, "close");
    const group = this.#npm.pid ?? 0;
    terminals.add(group);
    void this.#ended.then(() => terminals.delete(group));
    for (const stream of [this.#npm.stdout, this.#npm.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
      });
  }

  async shows(what: string): Promise<void> {
    const ended = this.#ended.then(() => "ended");
    while (!this.output.includes(what))
      if ((await Promise.race([ended, once(this.#npm.stdout ?? this.#npm, "data")])) === "ended") break;
    expect(this.output).toContain(what);
  }

  async pressCtrlC(): Promise<void> {
    process.kill(-(this.#npm.pid ?? 0), "SIGINT");
    await this.ended();
  }

  async ended(): Promise<void> {
    await this.#ended;
  }
}

/** Processes that were started with our data folder, by whomever. */
async function ours(): Promise<{ pid: number; line: string }[]> {
  const mark = `LAUNCH_DATA=${layout.data}\0`;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const marked = await Promise.all(
    pids.map(async (pid) => (await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")).includes(mark)),
  );
  const found = pids
    .filter((_, index) => marked[index])
    .map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), line: line.replaceAll("\0", " ") };
    });
  return Promise.all(found);
}

async function expectNothingLeft(): Promise<void> {
  // What was ended may still be on its last way.
  await expect.poll(ours).toEqual([]);
  expect(existsSync(layout.runFile)).toBe(false);
}

const status = async () =>
  JSON.parse((await npm("run", "--silent", "status", "--", "--json")).replace(/^[^{]*/, ""));

test("Ctrl-C or `npm stop` during set-up ends what was started so far", async () => {
  const first = new Terminal();
  await first.shows("✓ database");
  expect((await ours()).length).toBeGreaterThan(1);
  await first.pressCtrlC();
  await expectNothingLeft();

  const second = new Terminal();
  await second.shows("✓ migrations");
  await npm("stop");
  await second.ended();
  await expectNothingLeft();
});

test("a start after an interruption reaches the dashboard, also when the one before was killed", async () => {
  const killed = new Terminal();
  await killed.shows("Dashboard");
  const before = await readRun(layout.runFile);
  process.kill(before?.main.pid ?? 0, "SIGKILL");
  await killed.ended();
  expect((await ours()).length).toBeGreaterThan(3);

  const next = new Terminal();
  await next.shows("Ctrl-C");
  expect(next.output).toContain(`Dashboard   http://localhost:${ports.web}`);
  const run = await findRun(layout.runFile);
  expect(run?.processes.map(({ name }) => name).toSorted()).toEqual(["admin", "sim", "web", "worker"]);
  for (const port of [ports.web, ports.admin])
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
  expect(await status()).toMatchObject({ ready: true, healthy: true });
  expect(await npm("start")).toContain("It runs already");

  await next.pressCtrlC();
  await expectNothingLeft();
});
