import type { ReactNode } from "react";

export type Tone = "ok" | "warn" | "bad" | "info" | "neutral";

const dots: Record<Tone, string> = {
  ok: "bg-ok",
  warn: "bg-warn",
  bad: "bg-bad",
  info: "bg-info",
  neutral: "bg-control",
};
const words: Record<Tone, string> = {
  ok: "text-ok",
  warn: "text-warn",
  bad: "text-bad",
  info: "text-info",
  neutral: "text-muted",
};

/** State as dot and word, never as colour alone. `active` says that it is about to change. */
export function StateBadge({
  tone,
  label,
  active = false,
}: {
  tone: Tone;
  label: ReactNode;
  active?: boolean;
}) {
  return (
    <span className={`inline-flex items-baseline gap-2 font-medium whitespace-nowrap ${words[tone]}`}>
      <span
        aria-hidden
        className={`size-2 shrink-0 self-center rounded-full ${dots[tone]} ${active ? "animate-breathe" : ""}`}
      />
      <span>{label}</span>
    </span>
  );
}
