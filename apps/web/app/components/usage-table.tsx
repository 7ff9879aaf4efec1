import type { StatsPoint, StatsRange } from "@openclaw-launch/core/stats/schema";
import { bytesText, cpuPercent, percentText, rateText } from "./usage-figures";
import { momentText } from "./usage-moments";

type UsageTableProps = { points: readonly StatsPoint[]; range: StatsRange | null; label: string };

const columns: { name: string; text: (point: StatsPoint) => string }[] = [
  { name: "CPU", text: (point) => percentText(cpuPercent(point)) },
  { name: "Memory", text: ({ memoryBytes }) => bytesText(memoryBytes) },
  { name: "Disk", text: ({ diskBytes }) => (diskBytes === null ? "–" : bytesText(diskBytes)) },
  { name: "Received", text: ({ receivedPerSecond }) => rateText(receivedPerSecond) },
  { name: "Sent", text: ({ sentPerSecond }) => rateText(sentPerSecond) },
];

/** The same figures as the charts, the newest first. */
export function UsageTable({ points, range, label }: UsageTableProps) {
  return (
    <section
      aria-label={label}
      // A scrolling region must be reachable by keyboard
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-md border border-line"
    >
      <table className="w-full text-right tabular-nums">
        <caption className="sr-only">{label}</caption>
        <thead className="sticky top-0 bg-sunken text-muted">
          <tr>
            <th scope="col" className="px-3 py-2 text-left font-medium">
              Time
            </th>
            {columns.map(({ name }) => (
              <th key={name} scope="col" className="px-3 py-2 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <tr key={point.at.getTime()} className="border-t border-line whitespace-nowrap">
              <th scope="row" className="px-3 py-1.5 text-left font-normal text-muted">
                <time dateTime={point.at.toISOString()}>{momentText(point.at, range)}</time>
              </th>
              {columns.map(({ name, text }) => (
                <td key={name} className="px-3 py-1.5">
                  {text(point)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
