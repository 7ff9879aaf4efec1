import type { KillSwitchView } from "@openclaw-launch/core/kill-switch/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Notice } from "@openclaw-launch/ui/notice";
import { Link } from "@remix-run/react";

/** Above everything else while a kill switch stands. */
export function SwitchesNotice({ switches }: { switches: readonly KillSwitchView[] }) {
  const newest = switches.find(({ userId }) => userId === null) ?? switches[0];
  if (!newest) return null;
  return (
    <div className="mb-4">
      <Notice
        tone="bad"
        title={titleOf(switches)}
        action={
          <Button size="small" asChild>
            <Link to="/kill-switch">See and release</Link>
          </Button>
        }
      >
        “{newest.reason}”{newest.engagedByEmail && <>, says {newest.engagedByEmail}</>}
      </Notice>
    </div>
  );
}

function titleOf(switches: readonly KillSwitchView[]): string {
  if (switches.some(({ userId }) => userId === null))
    return "A kill switch keeps everybody’s assistants down";
  const [first, ...others] = switches;
  if (others.length === 0) return `A kill switch keeps the assistants of ${first?.userEmail} down`;
  return `${switches.length} kill switches keep the assistants of people down`;
}
