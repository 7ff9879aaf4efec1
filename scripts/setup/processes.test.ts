import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
