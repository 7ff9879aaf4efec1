import type { Layout } from "./layout.ts";
import { stopPostgres } from "./postgres.ts";
import { isAlive } from "./process-identity.ts";
import { stopProcess } from "./processes.ts";
import { readRun, removeRun } from "./run-record.ts";

/** Ends what a run that was killed left behind. Returns whether there was anything. */
export async function endLeftovers(layout: Layout): Promise<boolean> {
  const hadProcesses = await endProcesses(layout);
  return (await stopPostgres(layout.postgres)) || hadProcesses;
}

/** All but the database, which may be reading its journal and must not be ended meanwhile. */
export async function endProcesses(layout: Layout): Promise<boolean> {
  const run = await readRun(layout.runFile);
  let found = false;
  for (const record of run?.processes ?? []) {
    found = (await isAlive(record)) || found;
    await stopProcess(record);
  }
  await removeRun(layout.runFile);
  return found;
}
