// `npm stop`: ends what `npm start` started. Assistants go on running unless `--instances` is given.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { engineVersion } from "./setup/docker.ts";
import { runningInstances, stopInstances } from "./setup/instances.ts";
import { readLayout } from "./setup/layout.ts";
import { endLeftovers } from "./setup/leftovers.ts";
import { isAlive } from "./setup/process-identity.ts";
import { Progress } from "./setup/progress.ts";
import { type RunRecord, readRun } from "./setup/run-record.ts";

/** Longer than `npm start` takes to end everything in order. */
const stopLimitMs = 120_000;

const { values: flags } = parseArgs({ options: { instances: { type: "boolean", default: false } } });
const layout = readLayout();
const progress = new Progress();

const run = await readRun(layout.runFile);
if (run && (await isAlive(run.main))) await progress.step("processes", () => end(run));
const hadLeftovers = await endLeftovers(layout);
if (!run && !hadLeftovers) console.log("Nothing runs.");

if (flags.instances && (await engineVersion()) === null) {
  console.error(
    "The container engine does not answer: assistants are as they were. Start it, then try again.",
  );
  process.exit(1);
}
const instances = await runningInstances();
if (flags.instances) await progress.step(`${instances.length} assistants`, () => stopInstances(instances));
else if (instances.length > 0) {
  console.log(
    `${instances.length} assistants go on running without the dashboard. \`npm stop -- --instances\` stops them until the next start.`,
  );
}

async function end(run: RunRecord): Promise<void> {
  process.kill(run.main.pid, "SIGTERM");
  const deadline = performance.now() + stopLimitMs;
  while (await isAlive(run.main)) {
    if (performance.now() > deadline)
      throw new Error(`npm start (pid ${run.main.pid}) does not end. Its processes: npm run status.`);
    await sleep(50);
  }
}
