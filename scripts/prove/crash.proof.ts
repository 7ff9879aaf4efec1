// A worker that is killed at any step of a deploy, on real containers: the next one ends with one healthy container.
import type { Proof } from "../prove.ts";
import { countObjects } from "../setup/instances.ts";
import { deployAssistant, removeAssistant, round, signUpOwner } from "./owner.ts";
import { type Product, tryProduct } from "./product.ts";

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
type Cell = { step: Step; seconds: number; problems: string[] };

export async function prove(): Promise<Proof> {
  const cells = await tryProduct(async (product) => {
    const found: Cell[] = [];
    for (const step of steps) {
      const cell = await killAt(product, step);
      console.log(
        `  killed at ${step}: ${cell.problems.length === 0 ? "one healthy container" : cell.problems.join("; ")} (${cell.seconds} s)`,
      );
      found.push(cell);
    }
    return found;
  });
  return {
    figures: {
      steps: cells.length,
      seconds: Object.fromEntries(cells.map(({ step, seconds }) => [step, seconds])),
    },
    failures: cells.flatMap(({ step, problems }) => problems.map((problem) => `${step}: ${problem}`)),
  };
}

async function killAt(product: Product, step: Step): Promise<Cell> {
  const launch = await signUpOwner(product);
  const started = performance.now();
  const { id, operation } = await deployAssistant(launch);
  let killed = false;
  for await (const { phases } of operation.progress()) {
    if (killed || !phases.some(({ name }) => name === step)) continue;
    killed = true;
    await product.killWorker();
    await product.startWorker();
  }

  const problems: string[] = killed ? [] : ["the step was never seen"];
  const view = await launch.api.instances.get.query({ instanceId: id });
  if (view.status !== "running") problems.push(`the dashboard says ${view.status} (${view.reason})`);
  if (view.operation?.state !== "succeeded") problems.push(`the deploy is ${view.operation?.state}`);
  if (view.operation?.phases.length !== steps.length)
    problems.push(`${view.operation?.phases.length} phases instead of ${steps.length}`);
  expectObjects(problems, await countObjects(product.prefix), 1);
  const seconds = round((performance.now() - started) / 1000);

  await removeAssistant(launch, id);
  expectObjects(problems, await countObjects(product.prefix), 0);
  return { step, seconds, problems };
}

function expectObjects(problems: string[], found: Record<string, number>, expected: number): void {
  for (const [kind, count] of Object.entries(found))
    if (count !== expected) problems.push(`${count} ${kind} instead of ${expected}`);
}
