import type { StatsRange } from "@openclaw-launch/core/stats/schema";

const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayAndMinute = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** One moment in words, as exactly as it is known in that range. */
export function momentText(moment: Date, range: StatsRange | null): string {
  if (range === null) return second.format(moment);
  return (range === "hour" ? minute : dayAndMinute).format(moment);
}

/** Below a chart. */
export const axisText = (moment: Date, range: StatsRange | null) =>
  (range === "week" || range === "month" ? day : minute).format(moment);
