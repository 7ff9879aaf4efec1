// What set-up does on machines with more or less on them, each a container of its own.
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Attempt, Machine, Told } from "../testing/bare-machine.ts";
import { command } from "./command.ts";
import { ensureInstanceImage } from "./instance-image.ts";
import { readLayout, root } from "./layout.ts";

type Found = Partial<Machine> & { environment?: Record<string, string> };

const packageTools: Machine["commands"] = ["apt-get", "apt-cache", "dpkg"];
const installing = (words: string) => [
  "dpkg --configure -a",
  "apt-get update -qq [noninteractive]",
  `apt-get install -y --no-install-recommends ${words} [noninteractive]`,
];
const dockerStarted = "dockerd in a group of its own";
const dockerInstalled = installing("docker.io iptables iproute2 docker-cli");

let image: string;

beforeAll(async () => {
  image = await ensureInstanceImage(process.env["INSTANCE_IMAGE"], { logs: readLayout().logs, report() {} });
});

async function on(found: Found, ...attempts: Attempt[]): Promise<Told> {
  const { environment = {}, ...rest } = found;
  const nothing = {
    commands: [],
    facts: [],
    hasEngineSocket: false,
    hasSystemd: false,
    isRoot: true,
    release: null,
  };
  const machine: Machine = { ...nothing, ...rest };
  const variables = { NODE_OPTIONS: "--no-warnings", USER: "ada", ...environment };
  const output = await command("docker", [
    ...["run", "--rm", "--network=none", "--user=0", "--entrypoint=node"],
    ...["/machine", "/run", "/tmp"].map((path) => `--tmpfs=${path}:mode=1777,exec`),
    ...Object.entries(variables).map(([name, value]) => `--env=${name}=${value}`),
    ...["scripts", "docker", "node_modules"].map((path) => `--volume=${join(root, path)}:/launch/${path}:ro`),
    ...[image, "/launch/scripts/testing/bare-machine.ts", JSON.stringify([attempts, machine])],
  ]);
  return JSON.parse(output);
}

test.concurrent("a container engine that answers is used as it is", async () => {
  const found: Found = { commands: ["docker", "dockerd", ...packageTools], facts: ["an engine runs"] };
  expect(await on(found, "engine")).toEqual({ outcome: "27.5.1", calls: [] });
});

test.concurrent("an engine that is installed is started, and outlives an interruption of ours", async () => {
  const found: Found = { commands: ["docker", "dockerd", ...packageTools] };
  expect(await on(found, "engine")).toEqual({ outcome: "27.5.1", calls: [dockerStarted] });
});

test.concurrent("where systemd runs, it starts the engine", async () => {
  const found: Found = { commands: ["docker", "dockerd", "systemctl"], hasSystemd: true };
  expect(await on(found, "engine")).toEqual({ outcome: "27.5.1", calls: ["systemctl start docker"] });
});

test.concurrent("an engine that does not start is told at once with its last words", {
  timeout: 50_000, // set-up waits a minute for one that may still come
}, async () => {
  const found: Found = { commands: ["docker", "dockerd"], facts: ["the engine breaks"] };
  const { outcome } = await on(found, "engine");
  expect(outcome).toMatch(
    /does not start here:\n {2}no space left on device\nStart it yourself, or set DOCKER_HOST/,
  );
});

test.concurrent("as root on Debian a missing engine is installed, with what this release has, and started", async () => {
  expect(await on({ commands: packageTools }, "engine")).toEqual({
    outcome: "27.5.1",
    calls: [...dockerInstalled, dockerStarted],
  });
});

test.concurrent("on Ubuntu too, and nowhere else", async () => {
  const ubuntu: Found = { commands: packageTools, release: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' };
  expect((await on(ubuntu, "engine")).calls).toEqual([...dockerInstalled, dockerStarted]);
  const other: Found = { commands: packageTools, release: "ID=alpine\n" };
  expect(await on(other, "engine")).toEqual({
    outcome: expect.stringMatching(/^Docker Engine is missing\. Install it/),
    calls: [],
  });
});

test.concurrent("beside an engine whose command is missing, no second one is installed", async () => {
  const { outcome, calls } = await on({ commands: packageTools, hasEngineSocket: true }, "engine");
  expect(outcome).toMatch(/the command `docker` is missing\. Install it/);
  expect(calls).toEqual([]);
});

test.concurrent("an engine that was named but does not answer is not replaced", async () => {
  const environment = { DOCKER_HOST: "unix:///srv/docker.sock" };
  const { outcome, calls } = await on({ commands: packageTools, environment }, "engine");
  expect(outcome).toBe("No container engine answers at DOCKER_HOST=unix:///srv/docker.sock.");
  expect(calls).toEqual([]);
});

test.concurrent("an engine on another machine is refused before anything is built", async () => {
  const environment = { DOCKER_HOST: "tcp://192.0.2.1:2376" };
  const { outcome } = await on({ commands: ["docker"], facts: ["an engine runs"], environment }, "engine");
  expect(outcome).toMatch(/^The container engine is at tcp:.*: set DOCKER_HOST to its socket/);
});

test.concurrent("the socket that the worker is told is where set-up looks", async () => {
  const environment = { DOCKER_SOCKET: "/srv/docker.sock" };
  expect((await on({ commands: packageTools, environment }, "engine")).outcome).toBe(
    "No container engine answers at DOCKER_HOST=unix:///srv/docker.sock.",
  );
});

test.concurrent.each<[string, Found, RegExp]>([
  [
    "to install the engine",
    {},
    /As root: apt-get install docker\.io iptables iproute2 && usermod -aG docker ada\./,
  ],
  ["to start it", { commands: ["dockerd"] }, /As root: systemctl start docker && usermod -aG docker ada\./],
  [
    "to be allowed to use it",
    { commands: ["docker", "dockerd"], hasEngineSocket: true },
    /You may not use the container engine of this machine\. As root: usermod -aG docker ada\./,
  ],
])("who is not root is told what root has to do: %s", async (_, found, advice) => {
  const commands = [...packageTools, ...(found.commands ?? [])];
  const { outcome, calls } = await on({ ...found, commands, isRoot: false }, "engine");
  expect(outcome).toMatch(advice);
  expect(calls).toEqual([]);
});

test.concurrent("who is not root uses an engine that answers", async () => {
  const found: Found = { commands: ["docker"], facts: ["an engine runs"], isRoot: false };
  expect((await on(found, "engine")).outcome).toBe("27.5.1");
});

test.concurrent("a browser for the tests is found, else installed, the one without windows first", async () => {
  const here = await on({ commands: ["chromium", ...packageTools] }, "chromium");
  expect(here).toEqual({ outcome: "/machine/bin/chromium", calls: [] });
  expect(await on({ commands: packageTools }, "chromium")).toEqual({
    outcome: "/machine/bin/chromium-headless-shell",
    calls: installing("chromium-headless-shell"),
  });
  expect(await on({ commands: packageTools, facts: ["no headless shell"] }, "chromium")).toEqual({
    outcome: "/machine/bin/chromium",
    calls: [...installing("chromium-headless-shell"), ...installing("chromium")],
  });
});

test.concurrent("a browser that can't be installed is asked for", async () => {
  const { outcome, calls } = await on({ commands: packageTools, isRoot: false }, "chromium");
  expect(outcome).toMatch(/Install it \(Debian: apt-get install chromium\) or set CHROMIUM_PATH/);
  expect(calls).toEqual([]);
});

test.concurrent("the assistants' image is the given one, pulled when it is not here", async () => {
  const environment = { INSTANCE_IMAGE: "example.org/assistant:1" };
  const outcome = environment.INSTANCE_IMAGE;
  const commands: Found["commands"] = ["docker", "npm"];
  const missing = await on({ commands, environment }, "image");
  expect(missing).toEqual({ outcome, calls: [`docker pull ${outcome}`] });
  const here = await on({ commands, environment, facts: [`image ${outcome}`] }, "image");
  expect(here).toEqual({ outcome, calls: [] });
});

test.concurrent("the assistants' image is built on the public base, once", async () => {
  const { outcome, calls } = await on({ commands: ["docker", "npm"] }, "image", "image");
  expect(outcome).toMatch(/^openclaw-launch\/openclaw:\d+\.\d+\.\d+$/);
  expect(calls).toEqual([
    "docker pull node:24-bookworm-slim",
    `docker build --tag ${outcome} BASE_IMAGE=node:24-bookworm-slim`,
  ]);
});

test.concurrent("where no registry answers, the base is made here", async () => {
  const commands: Found["commands"] = ["docker", "npm", "chroot", ...packageTools];
  const { outcome, calls } = await on({ commands, facts: ["no registry"] }, "image");
  const base = "openclaw-launch/base:24.21.0";
  expect(calls).toEqual([
    "docker pull node:24-bookworm-slim",
    ...installing("debootstrap xz-utils"),
    "debootstrap bookworm",
    `docker import ${base}`,
    `docker build --tag ${outcome} BASE_IMAGE=${base}`,
  ]);
});

test.concurrent("where no registry answers and nothing can be installed, the registry's answer is told", async () => {
  const found: Found = { commands: ["docker", "npm"], facts: ["no registry"], isRoot: false };
  expect((await on(found, "image")).outcome).toMatch(
    /^docker pull node:24-bookworm-slim failed[\s\S]*no route to host/,
  );
});
