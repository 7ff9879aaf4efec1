import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

export type CommandOptions = {
  cwd?: string;
  environment?: NodeJS.ProcessEnv;
  /** Where the whole output goes. */
  logFile?: string;
  /** Called with each line of output. */
  onLine?: (line: string) => void;
  timeoutMs?: number;
  /** Ended when it says nothing for so long at its start. */
  firstLineMs?: number;
};

export class CommandFailed extends Error {
  readonly lastLines: string[];
  constructor(command: string, reason: string, lastLines: string[], logFile?: string) {
    const where = logFile ? `\nThe whole output: ${logFile}` : "";
    super(`${command} failed (${reason}).\n${lastLines.map((line) => `  ${line}`).join("\n")}${where}`);
    this.name = "CommandFailed";
    this.lastLines = lastLines;
  }
}

const running = new Set<number>();

/** Ends every command that is still running, with its children. */
export function abortCommands(): void {
  for (const pid of running) signalGroup(pid, "SIGTERM");
}

let aborting = 0;

/** The same until this is over, for commands that begin meanwhile too, and for whoever heeds `throwIfAborting`. */
export async function abortCommandsUntil(over: Promise<unknown>): Promise<void> {
  aborting += 1;
  abortCommands();
  const insisting = setInterval(abortCommands, 100);
  await over.finally(() => {
    clearInterval(insisting);
    aborting -= 1;
  });
}

/** For what waits long without a command. */
export function throwIfAborting(): void {
  if (aborting > 0) throw new Error("Interrupted.");
}

/** Runs a program to its end and returns its output; throws CommandFailed with the last lines when it fails. */
export async function command(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  if (options.logFile) await mkdir(dirname(options.logFile), { recursive: true });
  const log = options.logFile ? createWriteStream(options.logFile) : null;
  const lines: string[] = [];
  // A process group of its own: Ctrl-C reaches us alone, and we decide what ends.
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.environment ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  const end = () => pid !== undefined && signalGroup(pid, "SIGKILL");
  const timer = options.timeoutMs ? setTimeout(end, options.timeoutMs) : undefined;
  const firstLineTimer = options.firstLineMs ? setTimeout(end, options.firstLineMs) : undefined;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      clearTimeout(firstLineTimer);
      lines.push(line);
      log?.write(`${line}\n`);
      options.onLine?.(line);
    });
  }
  const problem = await new Promise<string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? null : `exit ${signal ?? code}`));
    log?.once("error", (error) => {
      end();
      resolve(error.message); // such as a full disk
    });
  });
  clearTimeout(timer);
  clearTimeout(firstLineTimer);
  if (pid !== undefined) running.delete(pid);
  await new Promise<void>((resolve) => (log ? log.end(resolve) : resolve()));
  if (problem !== null)
    throw new CommandFailed(
      [program, ...args].join(" ").slice(0, 200),
      problem,
      lines.slice(-20),
      options.logFile,
    );
  return lines.join("\n");
}

/** Whether the program ends with exit code 0. */
export async function succeeds(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<boolean> {
  return await command(program, args, options).then(
    () => true,
    () => false,
  );
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
