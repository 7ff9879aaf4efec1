import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAlive } from "./process-identity.ts";
import { Processes } from "./processes.ts";

let folder: string;
let processes: Processes;
const endless = "console.log('here I am'); setInterval(() => {}, 1000);";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "a folder with spaces "));
  processes = new Processes(join(folder, "logs"));
});

afterEach(async () => {
  await processes.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(name: string, source: string): Promise<void> {
  const script = join(folder, `${name}.mjs`);
  await writeFile(script, source);
  await processes.start(name, script, process.env, folder);
}

test("what it starts writes to its log and ends with it", async () => {
  await start("one", endless);
  const [record] = processes.records;
  expect(record && (await isAlive(record))).toBe(true);
  await expect.poll(() => readFile(join(folder, "logs", "one.log"), "utf8")).toContain("here I am");
  await processes.stop();
  expect(record && (await isAlive(record))).toBe(false);
});

test("a process that ends unasked is named, with its last lines", async () => {
  await start("one", endless);
  await start("two", "console.log('out of ink'); process.exit(7);");
  await expect(processes.ended).rejects.toThrow(/The two process ended \(exit code 7\)[\s\S]*out of ink/);
});

test("a log that grows too long is kept once and goes on empty, so no disk is filled", async () => {
  await start("one", "setInterval(() => console.log('x'.repeat(99)), 1);");
  const size = async (name: string) => (await stat(join(folder, "logs", name))).size;
  await expect.poll(() => size("one.log")).toBeGreaterThan(2000);
  await processes.cutLogs(2000);
  expect(await size("one.log")).toBeLessThan(2000);
  expect(await size("one.previous.log")).toBeGreaterThan(2000);
  await expect.poll(() => size("one.log")).toBeGreaterThan(100);
  expect(await readFile(join(folder, "logs", "one.log"), "utf8")).toMatch(/^x+\n/);
  const kept = await size("one.previous.log");
  await processes.cutLogs(1_000_000_000);
  expect(await size("one.previous.log")).toBe(kept);
});

test("each process is told of as soon as it runs, with those before it", async () => {
  const told: string[][] = [];
  processes = new Processes(join(folder, "logs"), async (records) => {
    told.push(records.map(({ name }) => name));
  });
  await Promise.all([start("one", endless), start("two", endless)]);
  expect(told.map((names) => names.length)).toEqual([1, 2]);
});

test("a process that is killed on purpose is not missed", async () => {
  await start("one", endless);
  await processes.kill("one");
  await start("two", "process.exit(7);");
  await expect(processes.ended).rejects.toThrow(/The two process ended/);
});

test("a start that meets a stop leaves nothing running", async () => {
  const script = join(folder, "late.mjs");
  await writeFile(script, endless);
  const starting = processes.start("late", script, process.env, folder);
  await Promise.all([starting, processes.stop()]);
  for (const record of processes.records) expect(await isAlive(record)).toBe(false);
});
