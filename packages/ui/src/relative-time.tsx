import { useEffect, useState } from "react";

const format = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

function relative(seconds: number): string {
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return format.format(-Math.floor(seconds / length), unit);
  }
  return "just now";
}

/** "3 minutes ago", with the exact time on hover. */
export function RelativeTime({ date }: { date: Date }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time
      className="whitespace-nowrap tabular-nums"
      dateTime={date.toISOString()}
      title={date
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z/, " UTC")}
      suppressHydrationWarning
    >
      {relative((now - date.getTime()) / 1000)}
    </time>
  );
}
