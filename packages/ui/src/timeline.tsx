import { Check, Circle, CircleX, LoaderCircle } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";

export type TimelineStep = {
  id: string;
  label: string;
  state: "waiting" | "active" | "done" | "failed";
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Shown when the step is opened. */
  detail?: ReactNode;
};

const icons = {
  waiting: <Circle size={18} aria-hidden className="text-control" />,
  active: (
    <LoaderCircle size={18} aria-hidden className="animate-spin text-info motion-reduce:animate-none" />
  ),
  done: <Check size={18} aria-hidden className="text-ok" />,
  failed: <CircleX size={18} aria-hidden className="text-bad" />,
};
const spoken = { waiting: "waiting", active: "in progress", done: "done", failed: "failed" };

/** What happens one after the other, with true seconds. */
export function Timeline({ steps, label }: { steps: readonly TimelineStep[]; label: string }) {
  return (
    <ol aria-label={label} className="grid">
      {steps.map((step, index) => (
        <li key={step.id} className="relative flex gap-3 pb-4 last:pb-0">
          {index < steps.length - 1 && (
            <span aria-hidden className="absolute top-6 bottom-0 left-[8.5px] w-px bg-line" />
          )}
          <span className="relative mt-0.5 shrink-0 bg-surface">{icons[step.state]}</span>
          <div className="min-w-0 grow">
            <div className="flex items-baseline justify-between gap-4">
              <span className={step.state === "waiting" ? "text-muted" : "font-medium"}>
                {step.label}
                <span className="sr-only">: {spoken[step.state]}</span>
              </span>
              <Seconds step={step} />
            </div>
            {step.detail && <div className="mt-1 text-muted">{step.detail}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Seconds({ step }: { step: TimelineStep }) {
  const now = useNow(step.state === "active");
  if (!step.startedAt) return null;
  const end = step.finishedAt?.getTime() ?? now;
  if (end === null) return null;
  const seconds = Math.max(0, end - step.startedAt.getTime()) / 1000;
  return <span className="shrink-0 font-mono text-[0.9em] text-muted">{seconds.toFixed(1)} s</span>;
}

/** Milliseconds since the epoch, ten times a second; null until the browser takes over. */
function useNow(ticking: boolean): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
