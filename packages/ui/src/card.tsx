import type { ReactNode } from "react";

type CardProps = {
  title?: string;
  hint?: ReactNode;
  actions?: ReactNode;
  tone?: "plain" | "danger";
  children?: ReactNode;
};

export function Card({ title, hint, actions, tone = "plain", children }: CardProps) {
  return (
    <section
      className={`min-w-0 rounded-md border bg-surface ${tone === "danger" ? "border-bad/50" : "border-line"}`}
    >
      {title && (
        <header className="flex flex-wrap items-center justify-between gap-3 px-4 pt-4">
          <div>
            <h2 className={`font-semibold ${tone === "danger" ? "text-bad" : ""}`}>{title}</h2>
            {hint && <p className="mt-0.5 text-muted">{hint}</p>}
          </div>
          {actions}
        </header>
      )}
      <div className={children ? "p-4" : "pb-4"}>{children}</div>
    </section>
  );
}
