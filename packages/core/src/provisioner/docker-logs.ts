import type Docker from "dockerode";
import type { Clock, LogLine } from "../ports.ts";
import { engineStatus } from "./docker-errors.ts";
import { type Frame, readFrames, untilClosed } from "./docker-frames.ts";

/** Longer lines are cut: the log is for people, and an assistant decides what it prints. */
const longestLine = 8 * 1024;
const pauseMs = 1000;

/** A line with the engine's own time, to the nanosecond and of fixed length: it sorts as text. */
type TimedLine = LogLine & { time: string };

/** The container's log, followed across its restarts and replacements until the signal aborts. */
export async function* followLogs(
  container: Docker.Container,
  clock: Clock,
  { tail, since, signal }: { tail: number; since?: Date; signal: AbortSignal },
): AsyncIterable<LogLine> {
  let last = "";
  let query: Docker.ContainerLogsOptions = since ? { tail, since: unixTime(since.toISOString()) } : { tail };
  while (!signal.aborted) {
    for await (const { time, ...line } of readLines(container, query, signal)) {
      if (time <= last) continue;
      last = time;
      yield line;
    }
    query = last === "" ? { tail } : { since: unixTime(last) };
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** Ends with the container. One that doesn't exist has no lines. */
async function* readLines(
  container: Docker.Container,
  query: Docker.ContainerLogsOptions,
  signal: AbortSignal,
): AsyncIterable<TimedLine> {
  const options = {
    ...query,
    follow: true,
    stdout: true,
    stderr: true,
    timestamps: true,
    abortSignal: signal,
  } as const;
  const stream = await container.logs(options).catch((error: unknown) => {
    if (signal.aborted || engineStatus(error) === 404 || engineStatus(error) === 409) return null;
    throw error;
  });
  if (stream) yield* assembleLines(readFrames(untilClosed(stream, signal)));
}

/** Puts lines back together that the engine delivers in parts, each part with a time of its own. */
export async function* assembleLines(frames: AsyncIterable<Frame>): AsyncIterable<TimedLine> {
  const open: Record<Frame["stream"], TimedLine | null> = { stdout: null, stderr: null };
  for await (const { stream, payload } of frames) {
    const content = payload.toString("utf8");
    const space = content.indexOf(" ");
    const time = content.slice(0, space);
    const text = content.slice(space + 1);
    const line: TimedLine = open[stream] ?? { time, at: new Date(time), stream, text: "" };
    const complete = text.endsWith("\n");
    line.text = (line.text + (complete ? text.slice(0, -1) : text)).slice(0, longestLine);
    open[stream] = complete ? null : line;
    if (complete) yield line;
  }
}

/** ISO 8601 to seconds and nanoseconds, as the engine's `since` wants it. */
const unixTime = (time: string) =>
  `${Math.floor(Date.parse(time) / 1000)}.${(time.split(".")[1] ?? "").replace(/\D/g, "").padEnd(9, "0")}`;
