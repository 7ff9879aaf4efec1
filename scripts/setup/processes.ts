// The long-running processes of one stack: started with a log file each, watched, ended in reverse order.
import { spawn } from "node:child_process";
import { copyFile, mkdir, open, readFile, rename, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, type ProcessRecord, recordOf } from "./process-identity.ts";

/** Longer than a process gives its own jobs to finish. */
const stopLimitMs = 20_000;
const longestLog = 64 * 1024 * 1024;
const lookAtLogsMs = 60_000;

const isStackFrame = /^\s+at /;

export class ProcessEnded extends Error {
  constructor(name: string, reason: string, lastLines: string[], logFile: string) {
    const lines = lastLines.map((line) => `  ${line}`).join("\n");
    super(`The ${name} process ended (${reason}). Its last lines:\n${lines}\nThe whole log: ${logFile}`);
    this.name = "ProcessEnded";
  }
}

export class Processes {
  readonly #logs: string;
  readonly #onStarted: (records: readonly ProcessRecord[]) => Promise<void>;
  readonly #records: ProcessRecord[] = [];
  /** They may end without being missed. */
  readonly #dismissed = new Set<number>();
  readonly #starts: Promise<void>[] = [];
  #told = Promise.resolve();
  #stopped = false;
  readonly #ended = Promise.withResolvers<never>();

  /** `onStarted` hears of each process as soon as it runs: whoever finds us killed has to know of it. */
  constructor(
    logs: string,
    onStarted: (records: readonly ProcessRecord[]) => Promise<void> = async () => {},
  ) {
    this.#logs = logs;
    this.#onStarted = onStarted;
    this.#ended.promise.catch(() => {}); // nobody may be waiting yet
    setInterval(() => this.cutLogs().catch(() => {}), lookAtLogsMs).unref();
  }

  get records(): readonly ProcessRecord[] {
    return this.#records;
  }

  /** Rejects with ProcessEnded as soon as one of them ends unasked. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** Runs a script with Node. The log of the run before is kept as `<name>.previous.log`. */
  start(name: string, script: string, environment: NodeJS.ProcessEnv, cwd: string): Promise<void> {
    const start = this.#spawn(name, script, environment, cwd);
    this.#starts.push(start);
    return start;
  }

  async #spawn(name: string, script: string, environment: NodeJS.ProcessEnv, cwd: string): Promise<void> {
    await mkdir(this.#logs, { recursive: true });
    const { logFile, previous } = this.#filesOf(name);
    await rename(logFile, previous).catch(() => {});
    const log = await open(logFile, "a", 0o600);
    if (this.#stopped) return await log.close();
    // A session of its own: Ctrl-C reaches us alone, and we end them in order.
    const child = spawn(process.execPath, [script], {
      cwd,
      env: environment,
      stdio: ["ignore", log.fd, log.fd],
      detached: true,
    });
    await log.close();
    const ended = async (reason: string) => {
      if (this.#dismissed.has(child.pid ?? 0)) return;
      const lines = (await readFile(logFile, "utf8"))
        .trimEnd()
        .split("\n")
        .filter((line) => !isStackFrame.test(line))
        .slice(-15);
      this.#ended.reject(new ProcessEnded(name, reason, lines, logFile));
    };
    child.once("error", (error) => void ended(error.message));
    child.once("exit", (code, signal) => void ended(signal ?? `exit code ${code}`));
    if (child.pid === undefined) return;
    this.#records.push(await recordOf(name, child.pid));
    this.#told = this.#told.then(() => this.#onStarted(this.#records));
    await this.#told;
  }

  #filesOf(name: string) {
    const file = (ending: string) => join(this.#logs, `${name}${ending}.log`);
    return { logFile: file(""), previous: file(".previous") };
  }

  /** No log fills the disk: one that is longer goes on empty, and what it held takes the place of the run before. */
  async cutLogs(longest = longestLog): Promise<void> {
    for (const { name } of this.#records) {
      const { logFile, previous } = this.#filesOf(name);
      const length = (await stat(logFile).catch(() => null))?.size ?? 0;
      if (length <= longest) continue;
      // On a full disk all the more.
      await copyFile(logFile, previous).finally(() => truncate(logFile));
    }
  }

  /** As a power failure would; nothing else follows from it, and it may be started again. */
  async kill(name: string): Promise<void> {
    const record = this.#records.findLast((candidate) => candidate.name === name);
    if (!record || !(await isAlive(record))) throw new Error(`There is no ${name} process to kill.`);
    this.#dismissed.add(record.pid);
    this.#records.splice(this.#records.indexOf(record), 1);
    process.kill(record.pid, "SIGKILL");
    while (await isAlive(record)) await sleep(10);
  }

  /** The later ones need the earlier ones, so they end first. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled(this.#starts);
    for (const { pid } of this.#records) this.#dismissed.add(pid);
    for (const record of this.#records.toReversed()) await stopProcess(record);
  }
}

/** Asks a process to end, and insists after a while. */
export async function stopProcess(record: ProcessRecord): Promise<void> {
  const deadline = performance.now() + stopLimitMs;
  if (!(await isAlive(record))) return;
  process.kill(record.pid, "SIGTERM");
  while (await isAlive(record)) {
    if (performance.now() > deadline) process.kill(record.pid, "SIGKILL");
    await sleep(30);
  }
}
