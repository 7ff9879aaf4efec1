import { ArrowDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "./button.tsx";

export type LogViewLine = { id: string; at: Date; text: string; severity: "error" | "warning" | "info" };

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const tones = { error: "text-bad", warning: "text-warn", info: "" } as const;

/** Lines as they come. Stays at the newest one until the reader scrolls up. */
export function LogView({ lines, label }: { lines: readonly LogViewLine[]; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);

  useEffect(() => {
    if (following && lines.length > 0) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines, following]);

  function noticeScroll() {
    const element = box.current;
    if (element) setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < 24);
  }

  return (
    <div className="relative">
      <section
        ref={box}
        onScroll={noticeScroll}
        aria-label={label}
        // A scrolling region must be reachable by keyboard
        tabIndex={0}
        className="h-[60dvh] overflow-auto rounded-md border border-line bg-sunken py-2 font-mono text-[13px] leading-5"
      >
        <ol>
          {lines.map((line) => (
            <li key={line.id} className="flex gap-3 px-3 hover:bg-line/40">
              <time
                dateTime={line.at.toISOString()}
                className="shrink-0 text-muted select-none"
                suppressHydrationWarning
              >
                {clock.format(line.at)}
              </time>
              <span className={`whitespace-pre-wrap [overflow-wrap:anywhere] ${tones[line.severity]}`}>
                {line.text}
              </span>
            </li>
          ))}
        </ol>
      </section>
      {!following && (
        <Button
          size="small"
          className="absolute right-4 bottom-4 shadow-raised"
          onClick={() => setFollowing(true)}
        >
          <ArrowDown size={16} aria-hidden />
          Newest
        </Button>
      )}
    </div>
  );
}
