import type { StatsPoint } from "@openclaw-launch/core/stats/schema";
import { useEffect, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

/** What is shown of the past while it is live. */
export const liveSeconds = 300;
/** The first minutes come in one burst. */
const showEveryMs = 250;

/** What an assistant takes of its machine, as it is measured. Continues after an interruption where it was. */
export function useStats(instanceId: string, { wanted }: { wanted: boolean }) {
  const [points, setPoints] = useState<readonly StatsPoint[]>([]);
  const [live, setLive] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    if (!wanted) return;
    const arrived: StatsPoint[] = [];
    const show = () => {
      const fresh = arrived.splice(0);
      if (fresh.length > 0) setPoints((shown) => recent([...shown, ...fresh]));
    };
    const timer = setInterval(show, showEveryMs);
    const stream = launch.api.instances.stats.subscribe(
      { instanceId },
      {
        onStarted: () => setProblem(null),
        onData: ({ data }) => void arrived.push(data),
        onConnectionStateChange: ({ state, error }) => setLive(state === "pending" || !error),
        onError: (error) => setProblem(textOfError(error)),
      },
    );
    return () => {
      clearInterval(timer);
      stream.unsubscribe();
      setPoints([]);
    };
  }, [instanceId, wanted]);

  return { points, live, problem };
}

function recent(points: readonly StatsPoint[]): readonly StatsPoint[] {
  const newest = points.at(-1)?.at.getTime() ?? 0;
  return points.filter(({ at }) => Math.abs(newest - at.getTime()) <= liveSeconds * 1000);
}
