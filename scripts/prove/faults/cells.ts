// A part of the product dies at a step of a deploy: a minute later there is one healthy container, and after removal nothing is left.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Launch } from "@openclaw-launch/sdk";
import { attachedDisks, countObjects } from "../../setup/instances.ts";
import { layoutOf } from "../../setup/layout.ts";
import { deployAssistant, nextMoment, removeAssistant, round, signUpOwner } from "../owner.ts";
import { type Product, tryProduct } from "../product.ts";

const steps = [
  "open-configuration",
  "provide-model-key",
  "create-container",
  "start-container",
  "wait-live",
  "wait-ready",
  "first-answer",
] as const;
type Step = (typeof steps)[number];

/** Starting an assistant takes half a minute of its own on a small machine. */
const limitSeconds = 60;

export type Fault = { name: string; strike: (product: Product) => Promise<void> };
export const killed = (part: "web" | "worker" | "database"): Fault => ({
  name: `${part} killed`,
  strike: async (product) => {
    await product.kill(part);
    await product.revive(part);
  },
});

type Cell = { cell: string; seconds: number; problems: string[] };

/** Each fault at each step, one after the other. `failures` name what does not hold. */
export async function tryFaults(faults: readonly Fault[]) {
  const cells = await tryProduct(async (product) => {
    const found: Cell[] = [];
    for (const fault of faults) for (const step of steps) found.push(await tryCell(product, fault, step));
    return found;
  });
  return {
    figures: { cells: cells.length, slowestSeconds: Math.max(...cells.map(({ seconds }) => seconds)) },
    failures: cells.flatMap(({ cell, problems }) => problems.map((problem) => `${cell}: ${problem}`)),
  };
}

async function tryCell(product: Product, { name, strike }: Fault, step: Step): Promise<Cell> {
  const cell = `${name} at ${step}`;
  const launch = await signUpOwner(product);
  const { id } = await deployAssistant(launch);
  const problems: string[] = [];
  const seen = await untilStep(launch, id, step);
  if (!seen) problems.push("the step was never seen");
  await strike(product);

  const started = performance.now();
  const view = await untilEnded(launch, id);
  const seconds = round((performance.now() - started) / 1000);
  if (view.status !== "running") problems.push(`the dashboard says ${view.status} (${view.reason})`);
  if (view.operation?.state !== "succeeded") problems.push(`the deploy is ${view.operation?.state}`);
  if (seconds > limitSeconds) problems.push(`it took ${seconds} s`);
  await expectTraces(problems, product, 1);
  await removeAssistant(launch, id);
  await expectTraces(problems, product, 0);
  console.log(
    `  ${cell}: ${problems.length === 0 ? "one healthy container" : problems.join("; ")} (${seconds} s)`,
  );
  return { cell, seconds, problems };
}

type View = Awaited<ReturnType<Launch["api"]["instances"]["get"]["query"]>>;

async function untilStep(launch: Launch, id: string, step: Step): Promise<boolean> {
  for (;;) {
    const { operation } = await look(launch, id);
    if (operation?.phases.some(({ name }) => name === step)) return true;
    if (operation?.finishedAt) return false;
    await nextMoment();
  }
}

async function untilEnded(launch: Launch, id: string): Promise<View> {
  const deadline = performance.now() + 2 * limitSeconds * 1000;
  for (;;) {
    const view = await look(launch, id);
    // Instance and command are read one after the other: together they are of one moment only once both stand still.
    if (view.operation?.finishedAt || performance.now() > deadline) return look(launch, id);
    await nextMoment();
  }
}

/** However long the web server or the database are away. */
async function look(launch: Launch, instanceId: string): Promise<View> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch.api.instances.get.query({ instanceId });
    } catch (error) {
      if (attempt === 100) throw error;
      await nextMoment();
    }
  }
}

/** Everything that an assistant leaves anywhere. */
async function expectTraces(problems: string[], product: Product, expected: number): Promise<void> {
  const { worker } = layoutOf(product.data);
  const files = async (folder: string) => (await readdir(join(worker, folder)).catch(() => [])).length;
  const found = {
    ...(await countObjects(product.prefix)),
    "secret files": await files("instances"),
    "model keys": await countModelKeys(product),
  };
  for (const [kind, count] of Object.entries(found))
    if (count !== expected) problems.push(`${count} ${kind} instead of ${expected}`);
  const disks = { devices: (await attachedDisks(product.prefix)).length, files: await files("disks") };
  if (expected === 0 && disks.devices + disks.files > 0)
    problems.push(`${disks.devices} devices and ${disks.files} files of disks are left`);
}

/** What stands in for OpenRouter writes every change down before it answers. */
async function countModelKeys({ data }: Product): Promise<number> {
  const state = await readFile(join(layoutOf(data).sim, "state.json"), "utf8");
  return (JSON.parse(state) as { keys: unknown[] }).keys.length;
}
