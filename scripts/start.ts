// `npm start`: everything on this machine, until Ctrl-C.
import { abortCommandsUntil } from "./setup/command.ts";
import { type StackSettings, standInsFor } from "./setup/environment.ts";
import { type Ports, portVariables, readLayout, readPorts } from "./setup/layout.ts";
import { endProcesses } from "./setup/leftovers.ts";
import { portOwner } from "./setup/port-owner.ts";
import { isPortFree } from "./setup/ports.ts";
import { stopPostgres } from "./setup/postgres.ts";
import { prepareApps, prepareDatabase, prepareImage } from "./setup/prepare.ts";
import { recordOf } from "./setup/process-identity.ts";
import { Processes } from "./setup/processes.ts";
import { Progress } from "./setup/progress.ts";
import { type Addresses, findRun, type RunRecord, removeRun, writeRun } from "./setup/run-record.ts";
import { readSecrets } from "./setup/secrets.ts";
import { addressesOf, startStack } from "./setup/stack.ts";

const layout = readLayout();
const ports = readPorts();
const progress = new Progress();
const processes = new Processes(layout.logs, (records) =>
  writeRun(layout.runFile, { ...run, processes: [...records] }),
);

const interrupted = new Promise<null>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve(null));
});

const running = await findRun(layout.runFile);
if (running) {
  console.log(`It runs already, since ${running.startedAt}${running.ready ? "" : " (still starting)"}.\n`);
  console.log(welcome(running.addresses));
  process.exit(0);
}

const run: RunRecord = {
  main: await recordOf("main", process.pid),
  startedAt: new Date().toISOString(),
  ready: false,
  addresses: {},
  health: {},
  processes: [],
};
let failure: unknown = null;
const prepared = prepare();
try {
  await Promise.race([prepared.then(serve), interrupted]);
} catch (error) {
  failure = error;
}
await stopAll();
if (failure) console.error(`\n${failure instanceof Error ? failure.message : String(failure)}`);
process.exit(failure ? 1 : 0);

async function prepare(): Promise<StackSettings> {
  await endProcesses(layout);
  await requireFreePorts(ports);
  await writeRun(layout.runFile, run);
  const secrets = await readSecrets(layout.data);
  const parts = [
    prepareDatabase(layout, secrets, progress),
    prepareImage(layout, progress),
    prepareApps(layout, progress),
  ] as const;
  const [databaseUrl, instanceImage] = await Promise.all(parts).catch(async (error) => {
    await abortCommandsUntil(Promise.allSettled(parts));
    throw error;
  });
  return { layout, ports, secrets, databaseUrl, instanceImage, given: process.env };
}

/** Ends only with an error. */
async function serve(settings: StackSettings): Promise<never> {
  await startStack(settings, processes, progress);
  const reached = addressesOf(settings);
  await writeRun(layout.runFile, { ...run, ready: true, ...reached, processes: [...processes.records] });
  console.log(`\n${welcome(reached.addresses)}`);
  return await processes.ended;
}

async function requireFreePorts(ports: Ports): Promise<void> {
  const problems: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    const variable = portVariables[name as keyof Ports];
    const problem = await isPortFree(port).catch((error: Error) => error);
    if (problem === true) continue;
    if (problem instanceof Error)
      problems.push(`Port ${port} can't be used (${problem.message}). Set ${variable} to another one.`);
    else {
      const owner = (await portOwner(port)) ?? "another process";
      problems.push(
        `Port ${port} is taken by ${owner}. Set ${variable} to another one, or end that process.`,
      );
    }
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

async function stopAll(): Promise<void> {
  console.log("\nStopping …");
  // Else it might start the database after we have stopped it.
  await abortCommandsUntil(Promise.allSettled([prepared]));
  await processes.stop();
  await stopPostgres(layout.postgres);
  await removeRun(layout.runFile);
}

/** A run that is still starting has no addresses yet. */
function welcome({ web, admin }: Addresses): string {
  const lines = [
    ...(web ? [`  Dashboard   ${web}`] : []),
    ...(admin ? [`  Admin app   ${admin}   (npm run make-admin -- you@example.org)`] : []),
    `  Logs        npm run logs`,
    `  Stop        Ctrl-C, or npm stop`,
  ];
  const { openRouter, resend } = standInsFor(process.env);
  const notes = [
    openRouter && "  No OPENROUTER_MANAGEMENT_KEY is set: a stand-in answers for the models.",
    resend && `  No RESEND_API_KEY is set: mails go to http://127.0.0.1:${ports.mail}/mailbox`,
  ].filter((note) => note !== false);
  return [...lines, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n");
}
