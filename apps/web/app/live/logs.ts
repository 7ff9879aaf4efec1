import type { LogViewLine } from "@openclaw-launch/ui/log-view";
import { useCallback, useEffect, useRef, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { severityOf } from "./severity";

const maxLines = 2000;
/** New lines are shown together at most this often. */
const showEveryMs = 100;
/** OpenClaw begins its lines with the time, which stands beside them already. */
const ownTime = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)\s/;

/** The log as it is written. While paused, lines are kept and shown afterwards. After an interruption it continues at the last line seen. */
export function useLogs(instanceId: string) {
  const [lines, setLines] = useState<LogViewLine[]>([]);
  const [paused, setPaused] = useState(false);
  const [live, setLive] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  const arrived = useRef<LogViewLine[]>([]);
  const count = useRef(0);

  useEffect(() => {
    const stream = launch.api.instances.logs.subscribe(
      { instanceId, tail: 500 },
      {
        onStarted: () => {
          setLive(true);
          setProblem(null);
        },
        onData: ({ data: { at, stream: source, text } }) => {
          count.current += 1;
          const line = {
            id: String(count.current),
            at,
            text: text.replace(ownTime, ""),
            severity: severityOf(text, source),
          };
          arrived.current.push(line);
        },
        onConnectionStateChange: ({ state, error }) => setLive(state === "pending" || !error),
        onError: (error) => setProblem(textOfError(error)),
      },
    );
    return () => stream.unsubscribe();
  }, [instanceId]);

  useEffect(() => {
    if (paused) return;
    const timer = setInterval(() => {
      const fresh = arrived.current.splice(0);
      if (fresh.length > 0) setLines((shown) => [...shown, ...fresh].slice(-maxLines));
    }, showEveryMs);
    return () => clearInterval(timer);
  }, [paused]);

  const clear = useCallback(() => setLines([]), []);
  return { lines, paused, setPaused, live, problem, clear };
}
