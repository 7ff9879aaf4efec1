// What `npm start` runs, for the commands that come after it. The file may be older than the last power failure.
import { readFile, rm } from "node:fs/promises";
import { isAlive, type ProcessRecord } from "./process-identity.ts";
import { replaceFile } from "./replace-file.ts";

export type Addresses = Record<string, string>;

export type RunRecord = {
  /** The process of `npm start`, which ends everything else. */
  main: ProcessRecord;
  startedAt: string;
  /** False while it is still setting up. */
  ready: boolean;
  /** Where people, or other processes, reach each process. */
  addresses: Addresses;
  /** Where each process says that it is well. */
  health: Addresses;
  processes: ProcessRecord[];
};

export async function writeRun(file: string, run: RunRecord): Promise<void> {
  await replaceFile(file, `${JSON.stringify(run, null, 2)}\n`);
}

export async function readRun(file: string): Promise<RunRecord | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null ? null : JSON.parse(text);
}

/** The run of which the main process lives. */
export async function findRun(file: string): Promise<RunRecord | null> {
  const run = await readRun(file);
  return run && (await isAlive(run.main)) ? run : null;
}

export async function removeRun(file: string): Promise<void> {
  await rm(file, { force: true });
}
