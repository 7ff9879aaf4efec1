import type { InstanceStats } from "../ports.ts";
import type { StatsPoint, StatsRange } from "./schema.ts";

const [minute, hour, day] = [60, 3600, 86_400];

/** How finely it is remembered what an instance took, and for how long: both in seconds. */
export const resolutions = [
  { seconds: minute, kept: 6 * hour },
  { seconds: 10 * minute, kept: 2 * day },
  { seconds: hour, kept: 30 * day },
] as const;

/** What is shown of the past, each in the finest resolution that reaches so far back. */
export const ranges: Record<StatsRange, { length: number; seconds: number }> = {
  hour: { length: hour, seconds: minute },
  day: { length: day, seconds: 10 * minute },
  week: { length: 7 * day, seconds: hour },
  month: { length: 30 * day, seconds: hour },
};

/** The beginning of the span of so many seconds that the moment is in. */
export const startOfSpan = (moment: Date, seconds: number) =>
  new Date(Math.floor(moment.getTime() / 1000 / seconds) * seconds * 1000);

export type Usage = Omit<StatsPoint, "at">;
/** `readings`: how many it is made of. */
export type Span = Usage & { readings: number };

type Room = Pick<Usage, "diskBytes" | "diskLimit">;

/** What was taken between two readings; null when the counters have begun anew, or the clock was set back. */
export function usageBetween(before: InstanceStats, after: InstanceStats, room: Room): Usage | null {
  const milliseconds = after.at.getTime() - before.at.getTime();
  const cpuMicroseconds = after.cpuMicroseconds - before.cpuMicroseconds;
  const received = after.receivedBytes - before.receivedBytes;
  const sent = after.sentBytes - before.sentBytes;
  if (milliseconds <= 0 || Math.min(cpuMicroseconds, received, sent) < 0) return null;
  return {
    milliCpus: cpuMicroseconds / milliseconds,
    receivedPerSecond: (received / milliseconds) * 1000,
    sentPerSecond: (sent / milliseconds) * 1000,
    memoryBytes: after.memoryBytes,
    milliCpusLimit: after.milliCpus,
    memoryLimit: after.memoryLimit,
    ...room,
  };
}

/**
 * Two parts of a span as one. CPU and network are averages; of memory and disk the peak stays, since that is what ends an assistant.
 * The limits are those of the later part.
 */
export function combine(earlier: Span | undefined, later: Span): Span {
  if (!earlier) return later;
  const readings = earlier.readings + later.readings;
  const average = (name: "milliCpus" | "receivedPerSecond" | "sentPerSecond") =>
    (earlier[name] * earlier.readings + later[name] * later.readings) / readings;
  return {
    ...later,
    readings,
    milliCpus: average("milliCpus"),
    receivedPerSecond: average("receivedPerSecond"),
    sentPerSecond: average("sentPerSecond"),
    memoryBytes: Math.max(earlier.memoryBytes, later.memoryBytes),
    diskBytes: peak(earlier.diskBytes, later.diskBytes),
  };
}

const peak = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b));
