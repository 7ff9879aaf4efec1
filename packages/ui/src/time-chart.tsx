import { useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import { lonePoints } from "./lone-points.ts";
import { Skeleton } from "./skeleton.tsx";

export type ChartLine = { values: readonly (number | null)[]; dashed?: boolean };

type TimeChartProps = {
  /** What it shows, for who doesn't see it; the figures themselves belong into a table. */
  label: string;
  /** Unix seconds: of the edges, and of the values. */
  from: number;
  to: number;
  times: readonly number[];
  lines: readonly ChartLine[];
  /** Where the scale is written, from 0 upwards. */
  ticks: readonly number[];
  /** Values can't exceed it. */
  limit?: number;
  formatValue: (value: number) => string;
  formatTime: (moment: Date) => string;
  /** Charts of one group mark the same moment. */
  group: string;
  /** The pointer is at this value, or at none. */
  onMark: (index: number | null) => void;
};

const height = 136;
const font = '12px "Inter Variable", ui-sans-serif, system-ui, sans-serif';
const [minute, hour, day] = [60, 3600, 86_400];
/** No finer than the labels below a chart can tell. */
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 3, 5, 7, 10, 15].map((count) => count * day),
];
/** The browser breaks off what it loads when a network comes or goes, which the start of an assistant may bring about. */
const attempts = 5;
const pauseMs = 1000;

/** Lines over time, in the colours of the page. */
export function TimeChart(props: TimeChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const shown = useRef(props);
  const [drawn, setDrawn] = useState(false);

  const { from, to, times, lines, ticks } = props;
  useEffect(() => {
    shown.current = props;
  });
  // A chart that is given what it has would forget where the pointer is.
  useEffect(() => {
    if (chart.current) update(chart.current, { from, to, times, lines, ticks });
  }, [from, to, times, lines, ticks]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let over = false;
    let release = () => {};
    void loadPlot().then((Plot) => {
      if (over) return;
      const made = new Plot(optionsOf(element, shown), dataOf(shown.current), element);
      update(made, shown.current);
      chart.current = made;
      setDrawn(true);
      release = follow(made, element);
    });
    return () => {
      over = true;
      release();
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);

  return (
    <div role="img" aria-label={props.label} ref={box} className="relative min-w-0" style={{ height }}>
      {!drawn && <Skeleton className="absolute inset-x-0 top-2 bottom-8" />}
    </div>
  );
}

async function loadPlot(): Promise<typeof uPlot> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await import("uplot")).default;
    } catch (error) {
      if (attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

const dataOf = ({ times, lines }: Pick<TimeChartProps, "times" | "lines">) =>
  [times, ...lines.map(({ values }) => values)] as uPlot.AlignedData;

type Drawn = Pick<TimeChartProps, "from" | "to" | "times" | "lines" | "ticks">;

function update(chart: uPlot, { from, to, times, lines, ticks }: Drawn): void {
  chart.batch(() => {
    chart.setData(dataOf({ times, lines }), false);
    chart.setScale("x", { min: from, max: to });
    // A little above the highest tick, so that a line at it is seen whole.
    chart.setScale("y", { min: 0, max: (ticks.at(-1) ?? 1) * 1.06 });
  });
}

function optionsOf(element: HTMLElement, shown: { current: TimeChartProps }): uPlot.Options {
  const colour = (css: string) => () => resolve(element, css);
  const line = colour("var(--color-text)");
  const second = colour("var(--color-muted)");
  const grid = colour("var(--color-line)");
  const text = colour("var(--color-muted)");
  const fill = colour("color-mix(in srgb, var(--color-text) 7%, transparent)");
  const axis = { font, stroke: text, ticks: { show: false } };
  const { lines, group } = shown.current;
  return {
    width: element.clientWidth,
    height,
    // Half of a label may stand beyond the last moment.
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 }, sync: { key: group } },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 6,
        space: 64,
        incrs: timeSteps,
        grid: { show: false },
        values: (_, splits) => splits.map((at) => shown.current.formatTime(new Date(at * 1000))),
      },
      {
        ...axis,
        size: 58,
        gap: 8,
        grid: { stroke: grid, width: 1 },
        splits: () => [...shown.current.ticks],
        values: (_, splits) => splits.map((value) => shown.current.formatValue(value)),
      },
    ],
    series: [
      {},
      ...lines.map(({ dashed }) => {
        const stroke = dashed ? second : line;
        return {
          stroke,
          width: 1.5,
          points: { show: false, size: 4, fill: stroke, filter: lonePointsOf },
          ...(dashed ? { dash: [4, 3] } : { fill }),
        };
      }),
    ],
    hooks: {
      draw: [(chart) => drawLimit(chart, shown.current.limit, resolve(element, "var(--color-control)"))],
      setCursor: [({ cursor }) => shown.current.onMark(cursor.idx ?? null)],
    },
  };
}

/** What a filter names is drawn although points aren't shown: a value alone would leave the chart empty. */
const lonePointsOf: uPlot.Series.Points.Filter = ({ data }, series) => lonePoints(data[series] ?? []);

function drawLimit(chart: uPlot, limit: number | undefined, colour: string): void {
  if (limit === undefined) return;
  const { ctx, bbox } = chart;
  const y = chart.valToPos(limit, "y", true);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** A canvas knows no custom properties. */
function resolve(element: HTMLElement, css: string): string {
  element.style.outlineColor = css;
  return getComputedStyle(element).outlineColor;
}

/** Keeps the chart as wide as its box, and in the colours of the appearance. */
function follow(chart: uPlot, element: HTMLElement): () => void {
  const sized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
  sized.observe(element);
  const repaint = () => chart.redraw(false);
  const appearance = matchMedia("(prefers-color-scheme: dark)");
  appearance.addEventListener("change", repaint);
  const themed = new MutationObserver(repaint);
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    sized.disconnect();
    appearance.removeEventListener("change", repaint);
    themed.disconnect();
  };
}
