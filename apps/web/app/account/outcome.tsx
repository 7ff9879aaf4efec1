import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { type ReactNode, useEffect, useRef } from "react";

type OutcomeProps = { title: string; children: ReactNode; actions: ReactNode };

/** How it ended, and the ways on. Takes the focus from what it replaces, so that it is read out. */
export function Outcome({ title, children, actions }: OutcomeProps) {
  const words = useRef<HTMLDivElement>(null);
  useEffect(() => words.current?.focus(), []);
  return (
    <AccountFrame product="OpenClaw Launch" title={title}>
      <div ref={words} tabIndex={-1} className="grid gap-3 outline-none">
        {children}
      </div>
      <div className="grid gap-2">{actions}</div>
    </AccountFrame>
  );
}
