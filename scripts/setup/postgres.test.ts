import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { succeeds } from "./command.ts";
import { findPostgres, startPostgres, stopPostgres } from "./postgres.ts";
import { replaceFile } from "./replace-file.ts";

let root: string;
let directory: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "a path with spaces "));
  directory = join(root, "postgres");
});

afterEach(async () => {
  await stopPostgres(directory);
  await rm(root, { recursive: true, force: true });
});

const start = () => startPostgres({ directory, password: "secret", durable: false });

test("starts in a path with spaces, once, and stops", { timeout: 60_000 }, async () => {
  const first = await start();
  expect(await start()).toMatchObject({ pid: first.pid, port: first.port });
  expect(await stopPostgres(directory)).toBe(true);
  expect(await findPostgres(directory, "secret")).toBeNull();
  expect(await stopPostgres(directory)).toBe(false);
});

test("one that lives but isn't ready is waited for, and neither replaced nor robbed of its lock", {
  timeout: 60_000,
}, async () => {
  const { pid } = await start();
  const pidFile = join(directory, "cluster", "postmaster.pid");
  const ready = await readFile(pidFile, "utf8");
  await replaceFile(pidFile, ready.replace("ready   ", "starting"));
  let ended = false;
  const waiting = start().finally(() => {
    ended = true;
  });
  // As long as starting a second one would take, and longer.
  for (let n = 0; n < 100; n++) await succeeds("true", []);
  expect(ended).toBe(false);
  await replaceFile(pidFile, ready);
  expect((await waiting).pid).toBe(pid);
});

test("an interrupted initialisation is made anew", { timeout: 60_000 }, async () => {
  await mkdir(join(directory, "cluster.partial"), { recursive: true });
  await writeFile(join(directory, "cluster.partial", "PG_VERSION"), "15\n");
  expect((await start()).pid).toBeGreaterThan(0);
});

test("after a crash it starts again, even when its process id belongs to another process now", {
  timeout: 60_000,
}, async () => {
  const { pid } = await start();
  process.kill(pid, "SIGKILL");
  await expect.poll(() => findPostgres(directory, "secret")).toBeNull();

  const stranger = spawn("sleep", ["60"]);
  const pidFile = join(directory, "cluster", "postmaster.pid");
  const lines = (await readFile(pidFile, "utf8")).split("\n");
  await writeFile(pidFile, [stranger.pid, ...lines.slice(1)].join("\n"));
  try {
    const restarted = await start();
    expect(restarted.pid).not.toBe(stranger.pid);
    expect(await stopPostgres(directory)).toBe(true);
    expect(stranger.exitCode).toBeNull();
  } finally {
    stranger.kill();
  }
});
