import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export type CommandResult = { exitCode: number; stdout: string; stderr: string };
export type RunCommand = (file: string, args: readonly string[], input?: string) => Promise<CommandResult>;

const timeoutMs = 30_000;

/** Runs a program of the host with exactly these arguments: no shell. Rejects when it can't be started or takes half a minute. */
export const runCommand: RunCommand = async (file, args, input = "") => {
  const child = spawn(file, args, { shell: false, timeout: timeoutMs, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  // A program that reads no input closes it early.
  child.stdin.on("error", () => undefined).end(input);
  const [exitCode, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
};
