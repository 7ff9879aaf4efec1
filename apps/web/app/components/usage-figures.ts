import type { StatsPoint } from "@openclaw-launch/core/stats/schema";

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** Three figures at most: "0 B", "9.4 MB", "1.02 GB". */
export function bytesText(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (Math.round(value) >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${units[unit]}`;
}

export const rateText = (bytesPerSecond: number) => `${bytesText(bytesPerSecond)}/s`;

export const percentText = (percent: number) => `${Number(percent.toFixed(percent < 10 ? 1 : 0))} %`;

/** Of what it may take. */
export const cpuPercent = ({ milliCpus, milliCpusLimit }: Pick<StatsPoint, "milliCpus" | "milliCpusLimit">) =>
  (milliCpus / milliCpusLimit) * 100;

/** "1 CPU", "2 CPUs", "0.5 CPUs". */
export function cpusText(milliCpus: number): string {
  const cpus = milliCpus / 1000;
  return `${Number(cpus.toFixed(2))} ${cpus === 1 ? "CPU" : "CPUs"}`;
}

/** From 0 to a round number that is not below the highest value: what a scale says. */
export function ticksUpTo(highest: number, least: number): number[] {
  let top = least;
  for (let step = 0; top < highest; step++) top *= [2, 2.5, 2][step % 3] ?? 2;
  return [0, top / 2, top];
}

/** 0, about the half in a round number, and the limit. */
export function ticksOf(limit: number): number[] {
  const unit = 1024 ** Math.floor(Math.log(limit) / Math.log(1024));
  return [0, (Math.round(limit / unit) * unit) / 2, limit];
}

/** Readings are ten seconds apart while nobody watches, and later on a machine that has much to do. */
const leastGapSeconds = 30;

/** Points with a null where none came for longer than they are apart: the instance did not run, and a line would say that it did. */
export function withGaps(
  points: readonly StatsPoint[],
  seconds: number,
): { time: number; point: StatsPoint | null }[] {
  const longest = Math.max(seconds * 2.5, leastGapSeconds);
  return points.flatMap((point, index) => {
    const time = point.at.getTime() / 1000;
    const before = points[index - 1];
    const gap = before && time - before.at.getTime() / 1000 > longest;
    return gap
      ? [
          { time: time - seconds, point: null },
          { time, point },
        ]
      : [{ time, point }];
  });
}
