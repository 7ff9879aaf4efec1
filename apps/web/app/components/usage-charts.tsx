import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import type { StatsHistoryView, StatsPoint, StatsRange } from "@openclaw-launch/core/stats/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { FilterLink } from "@openclaw-launch/ui/filter-link";
import { Notice } from "@openclaw-launch/ui/notice";
import { useRefresh } from "@openclaw-launch/ui/refresh";
import { useNavigation } from "@remix-run/react";
import { ChartLine, Table } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { liveSeconds, useStats } from "~/live/stats";
import { momentText } from "./usage-moments";
import { UsageTable } from "./usage-table";
import { UsageTiles, UsageTilesAwaited } from "./usage-tiles";

const ranges: { value: StatsRange | null; label: string; past: string }[] = [
  { value: null, label: "Live", past: "the last 5 minutes" },
  { value: "hour", label: "1 hour", past: "the last hour" },
  { value: "day", label: "24 hours", past: "the last 24 hours" },
  { value: "week", label: "7 days", past: "the last 7 days" },
  { value: "month", label: "30 days", past: "the last 30 days" },
];

type UsageChartsProps = {
  instance: InstanceView;
  /** Null: live. */
  range: StatsRange | null;
  history: StatsHistoryView | null;
};

/** What an assistant takes of its machine: as it is measured, or in the past. */
export function UsageCharts({ instance, range, history }: UsageChartsProps) {
  const { points, live, problem } = useStats(instance.id, { wanted: history === null });
  const [asTable, setAsTable] = useState(false);
  const [marked, setMarked] = useState<StatsPoint | null>(null);
  const shown = useMemo(() => (history ? pastOf(history) : liveOf(points)), [history, points]);
  const past = ranges.find(({ value }) => value === range)?.past ?? "";
  const rests = instance.status !== "running" && instance.status !== "starting";
  const waiting = history === null && !rests && shown.points.length === 0;
  const loading = useNavigation().state === "loading";
  useGrowth(history);

  return (
    <Card
      title="Resources"
      hint={marked ? `At ${momentText(marked.at, range)}` : waiting ? waitingHint : hintOf(range)}
      actions={
        shown.points.length > 0 && (
          <Button size="small" onClick={() => setAsTable(!asTable)}>
            {asTable ? <ChartLine size={14} aria-hidden /> : <Table size={14} aria-hidden />}
            <span className="max-sm:sr-only">{asTable ? "As charts" : "As a table"}</span>
          </Button>
        )
      }
    >
      <div className="grid min-w-0 gap-4" aria-busy={loading}>
        <nav aria-label="Time that is shown" className="flex flex-wrap gap-2">
          {ranges.map(({ value, label }) => (
            <FilterLink
              key={label}
              to={value ? `?range=${value}` : "?"}
              label={label}
              chosen={value === range}
            />
          ))}
        </nav>
        {problem && <Notice tone="bad">{problem}</Notice>}
        {!live && !problem && history === null && (
          <Notice tone="warn">The connection was interrupted. It catches up by itself.</Notice>
        )}
        {waiting ? (
          <UsageTilesAwaited />
        ) : shown.points.length === 0 ? (
          <Nothing name={instance.name} rests={rests} isLive={history === null} past={past} />
        ) : asTable ? (
          <UsageTable points={shown.points} range={range} label={`What ${instance.name} took in ${past}`} />
        ) : (
          <UsageTiles {...shown} range={range} past={past} marked={marked} onMark={setMarked} rests={rests} />
        )}
      </div>
    </Card>
  );
}

const waitingHint = "Waiting for the first figures, which come within seconds of a start.";
const hintOf = (range: StatsRange | null) =>
  range ? "CPU and network on average, memory and disk at most." : "Measured every two seconds.";

const pastOf = ({ from, to, seconds, points }: StatsHistoryView) => ({
  from: from.getTime() / 1000,
  to: to.getTime() / 1000,
  seconds,
  points,
});

function liveOf(points: readonly StatsPoint[]) {
  const to = (points.at(-1)?.at.getTime() ?? 0) / 1000;
  return { from: to - liveSeconds, to, seconds: 2, points };
}

/** The past grows: it is asked for again whenever a point more is due. */
function useGrowth(history: StatsHistoryView | null): void {
  const refresh = useRefresh();
  const seconds = history?.seconds;
  useEffect(() => {
    if (!seconds) return;
    const timer = setInterval(() => !document.hidden && void refresh(), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds, refresh]);
}

type NothingProps = { name: string; rests: boolean; isLive: boolean; past: string };

/** Why there is nothing to show, and when there will be. */
function Nothing({ name, rests, isLive, past }: NothingProps) {
  const [what, next] = isLive
    ? [
        `${name} takes nothing while it does not run`,
        "Start it to see live figures, or choose a longer time to see what it took.",
      ]
    : [
        `Nothing was measured in ${past}`,
        rests
          ? `${name} did not run. What it takes is kept for 30 days.`
          : `The first figures come once ${name} has run for a minute.`,
      ];
  return (
    <div className="grid min-h-40 content-center justify-items-center gap-1 rounded-md bg-sunken px-4 py-8 text-center">
      <p className="font-medium">{what}</p>
      <p className="text-muted">{next}</p>
    </div>
  );
}
