import type Docker from "dockerode";
import { z } from "zod";
import type { Clock, EngineEvent } from "../ports.ts";
import { untilClosed } from "./docker-frames.ts";
import { instanceLabel, ownObjects } from "./docker-names.ts";

const kinds = ["start", "die", "oom", "destroy"] as const;
const pauseMs = 1000;

const message = z.object({
  Action: z.enum(kinds),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()) }),
  timeNano: z.number(),
});

/**
 * What happened to containers since then, and what happens until the signal aborts. Survives restarts of the engine. Clocks are set
 * back: an event is known by itself, and not by being older than another.
 */
export async function* followEvents(
  docker: Docker,
  prefix: string,
  clock: Clock,
  since: Date,
  signal: AbortSignal,
): AsyncIterable<EngineEvent> {
  let second = Math.floor(since.getTime() / 1000);
  /** Those of that second: the engine tells them again when we connect anew. */
  const seen = new Set<string>();
  while (!signal.aborted) {
    for await (const { Action, Actor, timeNano } of readEvents(docker, prefix, second, signal)) {
      const instanceId = Actor.Attributes[instanceLabel];
      const key = `${instanceId} ${Action} ${timeNano}`;
      const at = new Date(timeNano / 1e6);
      if (seen.has(key) || !instanceId) continue;
      if (Math.floor(timeNano / 1e9) !== second) seen.clear();
      second = Math.floor(timeNano / 1e9);
      seen.add(key);
      yield { instanceId, kind: Action, at };
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** Events from about that time on; ends when the engine is gone. */
async function* readEvents(docker: Docker, prefix: string, second: number, signal: AbortSignal) {
  const query: Docker.GetEventsOptions = {
    since: second,
    filters: { type: ["container"], event: [...kinds], ...ownObjects(prefix) },
    abortSignal: signal,
  };
  const stream = await docker.getEvents(query).catch(() => null);
  if (!stream) return;
  let rest = "";
  for await (const chunk of untilClosed(stream, signal)) {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) yield message.parse(JSON.parse(line));
  }
}
