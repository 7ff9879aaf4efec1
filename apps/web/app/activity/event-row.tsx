import type { AuditEventView } from "@openclaw-launch/core/audit/schema";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import {
  Bot,
  ChevronRight,
  KeyRound,
  KeySquare,
  LogIn,
  LogOut,
  type LucideIcon,
  ShieldCheck,
  ShieldX,
  UserRound,
  Vault,
} from "lucide-react";
import type { ReactNode } from "react";
import { actorOf, sentenceOf } from "./sentences";

const icons: [RegExp, LucideIcon][] = [
  [/^instance\./, Bot],
  [/^vault\./, Vault],
  [/^token\./, KeySquare],
  [/^auth\.(logout|sessions?-revoked)/, LogOut],
  [/^auth\.(login|second-factor|registered|registration)/, LogIn],
  [/^auth\.(password|reset)/, KeyRound],
  [/^auth\./, ShieldCheck],
];

type EventRowProps = { event: AuditEventView; names: Readonly<Record<string, string>> };

/** One sentence; opened, everything that is known of it. */
export function EventRow({ event, names }: EventRowProps) {
  const { action, outcome, actorKind, device, ip, at } = event;
  const Icon =
    outcome === "refused" ? ShieldX : (icons.find(([pattern]) => pattern.test(action))?.[1] ?? UserRound);
  const by = actorKind === "apiToken" ? "by an API token" : null;
  return (
    <li>
      <details className="group">
        <summary className="flex list-none items-start gap-3 px-4 py-3 transition-colors duration-100 hover:bg-sunken/60 [&::-webkit-details-marker]:hidden">
          <Icon
            size={18}
            aria-hidden
            className={`mt-0.5 shrink-0 ${outcome === "refused" ? "text-bad" : "text-muted"}`}
          />
          <span className="min-w-0 grow">
            <span className="block font-medium [overflow-wrap:anywhere]">{sentenceOf(event, names)}</span>
            <span className="block text-muted [overflow-wrap:anywhere]">
              <RelativeTime date={at} />
              {[device, ip && `from ${ip}`, by].filter(Boolean).map((part) => ` · ${part}`)}
            </span>
          </span>
          <ChevronRight
            size={16}
            aria-hidden
            className="mt-1 shrink-0 text-muted transition-transform duration-150 group-open:rotate-90"
          />
        </summary>
        <Details event={event} />
      </details>
    </li>
  );
}

function Details({ event }: { event: AuditEventView }) {
  const { id, at, action, outcome, actorKind, device, ip, targetId, details } = event;
  return (
    <dl className="grid gap-1.5 px-4 pt-1 pb-4 md:pl-[2.875rem]">
      <Fact name="Time">
        <time dateTime={at.toISOString()}>{at.toISOString().replace("T", " ").replace("Z", " UTC")}</time>
      </Fact>
      <Fact name="Event">
        {action}, {outcome}
      </Fact>
      <Fact name="By">{actorOf(actorKind)}</Fact>
      <Fact name="Device">{device ?? "unknown"}</Fact>
      <Fact name="Address">{ip ?? "unknown"}</Fact>
      {targetId && <Fact name="About">{targetId}</Fact>}
      {Object.entries(details).map(([name, value]) => (
        <Fact key={name} name={name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}>
          {String(value)}
        </Fact>
      ))}
      <Fact name="Number">{id}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[6.5rem_minmax(0,1fr)] items-baseline gap-3">
      <dt className="truncate text-muted first-letter:uppercase">{name}</dt>
      <dd className="min-w-0 font-mono text-[13px] [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
