// `npm run status`: what runs, where, and whether it is well. Exit code 0 when all is well, 1 when something is not, 3 when nothing runs.
import { parseArgs } from "node:util";
import { engineVersion } from "./setup/docker.ts";
import { runningInstances } from "./setup/instances.ts";
import { readLayout } from "./setup/layout.ts";
import { findPostgres, livingServer } from "./setup/postgres.ts";
import { isAlive } from "./setup/process-identity.ts";
import { findRun, type RunRecord } from "./setup/run-record.ts";
import { isHealthy } from "./setup/wait-until-healthy.ts";

type ProcessStatus = { name: string; pid: number; url: string | null; healthy: boolean };

const { values: flags } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const layout = readLayout();
const run = await findRun(layout.runFile);
const database = await findPostgres(layout.postgres, "");
const processes = run ? await Promise.all(run.processes.map((record) => statusOf(run, record.name))) : [];
const status = {
  running: run !== null,
  ready: run?.ready ?? false,
  healthy: run?.ready === true && processes.every(({ healthy }) => healthy),
  startedAt: run?.startedAt ?? null,
  addresses: run?.addresses ?? {},
  processes,
  database: database && { pid: database.pid, port: database.port },
  engine: await engineVersion(),
  runningInstances: (await runningInstances()).length,
  data: layout.data,
};

if (flags.json) console.log(JSON.stringify(status, null, 2));
else await print();
process.exitCode = !status.running ? 3 : status.healthy ? 0 : 1;

async function statusOf(run: RunRecord, name: string): Promise<ProcessStatus> {
  const record = run.processes.find((process) => process.name === name);
  const health = run.health[name];
  const healthy =
    record !== undefined && (await isAlive(record)) && health !== undefined && (await isHealthy(health));
  return { name, pid: record?.pid ?? 0, url: run.addresses[name] ?? null, healthy };
}

async function print(): Promise<void> {
  if (!run) {
    console.log("Nothing runs. `npm start` starts it.");
    return;
  }
  console.log(run.ready ? `Running since ${run.startedAt}.` : `Starting since ${run.startedAt}.`);
  for (const { name, pid, url, healthy } of processes) {
    console.log(`  ${healthy ? "✓" : "✗"} ${name.padEnd(10)} pid ${String(pid).padEnd(8)} ${url ?? ""}`);
  }
  const [mark, where] = process.env["DATABASE_URL"]
    ? ["–", "given by DATABASE_URL"]
    : database
      ? ["✓", `pid ${String(database.pid).padEnd(8)} port ${database.port}`]
      : (await livingServer(layout.postgres))
        ? ["✗", "is starting or stopping: .data/postgres/postgres.log"]
        : ["✗", "is down: npm stop, then npm start"];
  console.log(`  ${mark} ${"database".padEnd(10)} ${where}`);
  console.log(
    `  ${status.engine ? "✓" : "✗"} ${"engine".padEnd(10)} ${status.engine ? `Docker ${status.engine}` : "does not answer"}`,
  );
  console.log(`  ${status.runningInstances} assistants run.`);
}
