import type { Strength } from "./password-strength.ts";

const colours = ["bg-bad", "bg-warn", "bg-ok", "bg-ok"] as const;

export function StrengthMeter({ strength, shown }: { strength: Strength; shown: boolean }) {
  return (
    <div role="status" className={shown ? "mb-2 grid gap-1.5" : ""}>
      {shown && (
        <>
          <span aria-hidden className="grid grid-cols-4 gap-1">
            {["very weak", "weak", "good", "strong"].map((bar, level) => (
              <span
                key={bar}
                className={`h-1 rounded-full ${level <= strength.level ? colours[strength.level] : "bg-line"}`}
              />
            ))}
          </span>
          <span className="text-text">{strength.reason}</span>
        </>
      )}
    </div>
  );
}
