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
 * What happened to containers since then, and what happens until the signal aborts. Survives restarts of the engine; what happened
 * in the second before one is told again. No event is dropped for its time: clocks are set back.
 */
export async function* followEvents(
  docker: Docker,
  prefix: string,
  clock: Clock,
  since: Date,
  signal: AbortSignal,
): AsyncIterable<EngineEvent> {
  let last = since.getTime() * 1e6;
  while (!signal.aborted) {
    for await (const { Action, Actor, timeNano } of readEvents(docker, prefix, last, signal)) {
      const instanceId = Actor.Attributes[instanceLabel];
      last = timeNano;
      if (!instanceId) continue;
      yield { instanceId, kind: Action, at: new Date(timeNano / 1e6) };
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** Events from about that time on; ends when the engine is gone. */
async function* readEvents(docker: Docker, prefix: string, sinceNano: number, signal: AbortSignal) {
  const query: Docker.GetEventsOptions = {
    since: Math.floor(sinceNano / 1e9),
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
