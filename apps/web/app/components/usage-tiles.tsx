import "@openclaw-launch/ui/time-chart.css";
import type { StatsPoint, StatsRange } from "@openclaw-launch/core/stats/schema";
import { Skeleton } from "@openclaw-launch/ui/skeleton";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { type ChartLine, TimeChart } from "@openclaw-launch/ui/time-chart";
import { type ReactNode, useCallback, useMemo } from "react";
import {
  bytesText,
  cpuPercent,
  cpusText,
  percentText,
  rateText,
  ticksOf,
  ticksUpTo,
  withGaps,
} from "./usage-figures";
import { axisText } from "./usage-moments";

type UsageTilesProps = {
  /** Unix seconds. */
  from: number;
  to: number;
  /** Between two points. */
  seconds: number;
  /** One at least. */
  points: readonly StatsPoint[];
  range: StatsRange | null;
  /** The range in words. */
  past: string;
  /** Under the pointer. */
  marked: StatsPoint | null;
  onMark: (point: StatsPoint | null) => void;
  /** It doesn't run: what it took at last is not what it takes. */
  rests: boolean;
};

type Line = { name: string; of: (point: StatsPoint) => number | null };
type Row = { point: StatsPoint | null };
type Tile = {
  title: string;
  lines: Line[];
  drawn: ChartLine[];
  format: (value: number) => string;
  ticks: number[];
  limit?: number;
  /** Beside the newest value. */
  note?: string;
};

const grid = "grid min-w-0 gap-x-8 gap-y-6 md:grid-cols-2";
/** Within so much of its limit, an assistant is about to be ended for it. */
const nearlyAll = 0.9;

/** CPU, memory, disk and network, one chart each. */
export function UsageTiles({
  from,
  to,
  seconds,
  points,
  range,
  past,
  marked,
  onMark,
  rests,
}: UsageTilesProps) {
  const rows = useMemo(() => withGaps(points, seconds), [points, seconds]);
  const times = useMemo(() => rows.map(({ time }) => time), [rows]);
  const tiles = useMemo(() => tilesOf(points, rows), [points, rows]);
  const mark = useCallback(
    (index: number | null) => onMark(rows[index ?? -1]?.point ?? null),
    [rows, onMark],
  );
  const formatTime = useCallback((moment: Date) => axisText(moment, range), [range]);
  const current = marked ?? (rests ? undefined : points.at(-1));

  return (
    <div className={grid}>
      {tiles.map(({ title, lines, drawn, format, ticks, limit, note }) => (
        <figure key={title} className="grid min-w-0 gap-1">
          <figcaption className="flex min-h-6 flex-wrap items-baseline justify-between gap-x-4">
            <h3 className="flex items-baseline gap-3 font-medium">
              {title}
              <Nearly value={current && lines[0]?.of(current)} limit={limit} />
            </h3>
            <p className="flex flex-wrap items-baseline gap-x-4 tabular-nums">
              {lines.map((line, index) => (
                <Value key={line.name} sample={lines.length > 1 && drawn[index]} name={line.name} note={note}>
                  {valueText(current, line, format)}
                </Value>
              ))}
            </p>
          </figcaption>
          <TimeChart
            label={lines.map((line) => summaryOf(line, points, format, past)).join(" ")}
            from={from}
            to={to}
            times={times}
            lines={drawn}
            ticks={ticks}
            {...(limit !== undefined && { limit })}
            formatValue={format}
            formatTime={formatTime}
            group="resources"
            onMark={mark}
          />
        </figure>
      ))}
    </div>
  );
}

/** Keeps their place. */
export function UsageTilesAwaited() {
  return (
    <div className={grid}>
      {["CPU", "Memory", "Disk", "Network"].map((title) => (
        <div key={title} className="grid gap-1">
          <h3 className="min-h-6 font-medium">{title}</h3>
          <Skeleton className="mt-2 mb-8 h-24" />
        </div>
      ))}
    </div>
  );
}

function tilesOf(points: readonly StatsPoint[], rows: readonly Row[]): Tile[] {
  const newest = points.at(-1);
  if (!newest) return [];
  const highest = (of: (point: StatsPoint) => number) => Math.max(...points.map(of));
  const upTo = (limit: number) => ({ limit, ticks: ticksOf(limit) });
  const tiles: Omit<Tile, "drawn">[] = [
    {
      title: "CPU",
      lines: [{ name: "CPU", of: cpuPercent }],
      format: percentText,
      ticks: ticksUpTo(highest(cpuPercent), 10),
      note: `of ${cpusText(newest.milliCpusLimit)}`,
    },
    {
      title: "Memory",
      lines: [{ name: "Memory", of: ({ memoryBytes }) => memoryBytes }],
      format: bytesText,
      ...upTo(newest.memoryLimit),
      note: `of ${bytesText(newest.memoryLimit)}`,
    },
    {
      title: "Disk",
      lines: [{ name: "Disk", of: ({ diskBytes }) => diskBytes }],
      format: bytesText,
      ...upTo(newest.diskLimit),
      note: `of ${bytesText(newest.diskLimit)}`,
    },
    {
      title: "Network",
      lines: [
        { name: "Received", of: ({ receivedPerSecond }) => receivedPerSecond },
        { name: "Sent", of: ({ sentPerSecond }) => sentPerSecond },
      ],
      format: rateText,
      ticks: ticksUpTo(
        highest(({ receivedPerSecond, sentPerSecond }) => Math.max(receivedPerSecond, sentPerSecond)),
        1024,
      ),
    },
  ];
  return tiles.map((tile) => ({ ...tile, drawn: linesOf(tile.lines, rows) }));
}

const linesOf = (lines: readonly Line[], rows: readonly Row[]) =>
  lines.map(({ of }, index) => ({
    values: rows.map(({ point }) => point && of(point)),
    dashed: index > 0,
  }));

function valueText(point: StatsPoint | undefined, { of }: Line, format: (value: number) => string): string {
  const value = point && of(point);
  return typeof value === "number" ? format(value) : "–";
}

/** "Memory in the last hour: 1.02 GB now, between 900 MB and 1.1 GB." */
function summaryOf(
  line: Line,
  points: readonly StatsPoint[],
  format: (value: number) => string,
  past: string,
) {
  const values = points.map(line.of).filter((value) => value !== null);
  const newest = values.at(-1);
  if (newest === undefined) return `${line.name} in ${past}: not measured yet.`;
  const [least, most] = [Math.min(...values), Math.max(...values)].map(format);
  return `${line.name} in ${past}: ${format(newest)} at last, between ${least} and ${most}.`;
}

type ValueProps = {
  name: string;
  /** How its line is drawn, where there is more than one. */
  sample: ChartLine | undefined | false;
  note: string | undefined;
  children: ReactNode;
};

function Value({ name, sample, note, children }: ValueProps) {
  if (!sample)
    return (
      <span>
        <span className="text-base font-semibold">{children}</span> <span className="text-muted">{note}</span>
      </span>
    );
  const { dashed } = sample;
  return (
    <span className="flex items-baseline gap-2">
      <svg aria-hidden width="16" height="2" className={`self-center ${dashed ? "text-muted" : "text-text"}`}>
        <line
          x2="16"
          y1="1"
          y2="1"
          stroke="currentColor"
          strokeWidth="2"
          strokeDasharray={dashed ? "4 3" : ""}
        />
      </svg>
      <span className="text-muted">{name}</span>
      <span className="font-semibold">{children}</span>
    </span>
  );
}

function Nearly({ value, limit }: { value: number | null | undefined; limit: number | undefined }) {
  if (!value || !limit || value < limit * nearlyAll) return null;
  return <StateBadge tone="warn" label="Nearly full" />;
}
