import type Docker from "dockerode";
import { instanceUser } from "./docker-container.ts";
import { readFrames, untilClosed } from "./docker-frames.ts";

const longestOutput = 64 * 1024;
const timeoutMs = 180_000;

/** Runs a program with exactly these arguments inside a running container: no shell, no input. Throws when it takes three minutes. */
export async function execute(
  container: Docker.Container,
  command: readonly string[],
): Promise<{ exitCode: number; output: string }> {
  const signal = AbortSignal.timeout(timeoutMs);
  const exec = await container.exec({
    Cmd: [...command],
    User: `${instanceUser.uid}:${instanceUser.gid}`,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: false });
  let output = "";
  for await (const { payload } of readFrames(untilClosed(stream, signal))) {
    output = (output + payload.toString("utf8")).slice(0, longestOutput);
  }
  signal.throwIfAborted();
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? -1, output };
}
