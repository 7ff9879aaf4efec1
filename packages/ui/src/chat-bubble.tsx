import type { ReactNode } from "react";

type ChatBubbleProps = { from: "me" | "assistant"; author: string; pending?: boolean; children: ReactNode };

export function ChatBubble({ from, author, pending = false, children }: ChatBubbleProps) {
  const mine = from === "me";
  return (
    <article
      aria-label={author}
      aria-busy={pending}
      className={`flex animate-rise ${mine ? "justify-end" : "justify-start"}`}
    >
      <div
        className={`min-w-0 max-w-[min(42rem,88%)] rounded-lg px-4 py-2.5 leading-relaxed [overflow-wrap:anywhere] ${mine ? "rounded-br-sm bg-text text-background" : "rounded-bl-sm border border-line bg-surface"}`}
      >
        {children}
      </div>
    </article>
  );
}
