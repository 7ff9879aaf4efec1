import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

type NoticeProps = {
  tone: "info" | "warn" | "bad";
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
};

const looks = {
  info: { box: "border-info/40 bg-info/8", icon: <Info size={18} aria-hidden className="text-info" /> },
  warn: {
    box: "border-warn/40 bg-warn/8",
    icon: <TriangleAlert size={18} aria-hidden className="text-warn" />,
  },
  bad: { box: "border-bad/40 bg-bad/8", icon: <CircleAlert size={18} aria-hidden className="text-bad" /> },
};

/** What happened, and what to do next. Errors are announced at once. */
export function Notice({ tone, title, children, action }: NoticeProps) {
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={`flex gap-3 rounded-md border p-3 ${looks[tone].box}`}
    >
      <span className="mt-px shrink-0">{looks[tone].icon}</span>
      <div className="flex grow flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          {title && <p className="font-medium">{title}</p>}
          {children && <div className="text-text">{children}</div>}
        </div>
        {action}
      </div>
    </div>
  );
}
