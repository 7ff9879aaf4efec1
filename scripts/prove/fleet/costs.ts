import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { command } from "../../setup/command.ts";
import { layoutOf } from "../../setup/layout.ts";
import { readRun } from "../../setup/run-record.ts";
import { nextMoment, percentile, round } from "../owner.ts";
import type { Product } from "../product.ts";
import { accepted } from "../visitor.ts";
import type { Fleet } from "./tenants.ts";

export type Costs = {
  /** Of one core, while nobody does anything. */
  workerCpuPercent: number;
  engineCpuPercent: number;
  /** The longest look at every instance. */
  sweepSeconds: number;
  /** The owner's list of assistants, as a page. */
  listP95Ms: number;
  workerMegabytes: number;
};

const windowSeconds = 60;
const pages = 40;

export async function measureCosts(product: Product, { owner }: Fleet): Promise<Costs> {
  const worker = await workerPid(product);
  const engine = Number(await command("pgrep", ["--oldest", "--exact", "dockerd"]));
  const logged = (await sweepsIn(product)).length;
  const before = await Promise.all([worker, engine].map(cpuSeconds));
  const begun = performance.now();
  while (performance.now() - begun < windowSeconds * 1000) await nextMoment();
  const after = await Promise.all([worker, engine].map(cpuSeconds));
  const percent = (index: number) =>
    round((((after[index] ?? 0) - (before[index] ?? 0)) / ((performance.now() - begun) / 1000)) * 100);
  const sweeps = (await sweepsIn(product)).slice(logged);
  const times: number[] = [];
  for (let page = 0; page < pages; page++) {
    const asked = performance.now();
    await accepted(owner.request("/assistants"));
    times.push(performance.now() - asked);
  }
  return {
    workerCpuPercent: percent(0),
    engineCpuPercent: percent(1),
    sweepSeconds: round(Math.max(...sweeps)),
    listP95Ms: round(percentile(times, 0.95)),
    workerMegabytes: await residentMegabytes(worker),
  };
}

async function workerPid({ data }: Product): Promise<number> {
  const run = await readRun(layoutOf(data).runFile);
  const worker = run?.processes.findLast(({ name }) => name === "worker");
  if (!worker) throw new Error("The worker does not run.");
  return worker.pid;
}

/** Seconds of each sweep so far. */
async function sweepsIn({ data }: Product): Promise<number[]> {
  const log = await readFile(join(layoutOf(data).logs, "worker.log"), "utf8");
  return [...log.matchAll(/"sweptMs":(\d+)/g)].map(([, ms]) => Number(ms) / 1000);
}

const ticksPerSecond = 100;
/** User and system time that a process has used. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}
