import { Card } from "@openclaw-launch/ui/card";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";

type Refused = { target: string; count: number; lastAt: Date };

/** Where an assistant wanted to go and was not let. */
export function RefusedConnections({ connections }: { connections: Refused[] }) {
  return (
    <Card
      title="Refused connections"
      hint="It reaches its model and its channels, and nothing else. OpenClaw itself tries clawhub.ai and catalog.openclaw.ai: refusing those does no harm."
    >
      {connections.length === 0 ? (
        <p className="text-muted">None so far.</p>
      ) : (
        <ul className="grid gap-1" aria-label="Refused connections">
          {connections.map(({ target, count, lastAt }) => (
            <li key={target} className="flex items-baseline justify-between gap-3">
              <code className="min-w-0 truncate font-mono text-[13px]">{target}</code>
              <span className="shrink-0 tabular-nums text-muted">
                {count} ×, <RelativeTime date={lastAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
