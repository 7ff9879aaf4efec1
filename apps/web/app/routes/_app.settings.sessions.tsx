import type { session } from "@openclaw-launch/core/auth/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { useRefresh } from "@openclaw-launch/ui/refresh";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { useToast } from "@openclaw-launch/ui/toast";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { LogOut, Monitor, Smartphone, SquareTerminal } from "lucide-react";
import { useState } from "react";
import { load } from "~/api.server";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

type Session = (typeof session)["_output"];

export const meta = () => [{ title: "Sessions · Settings · OpenClaw Launch" }];

export const loader = (args: LoaderFunctionArgs) => load(args, (api) => api.auth.sessions.list({}));

export default function Sessions() {
  const { items } = useLoaderData<typeof loader>();
  const { revoke, ending } = useRevocation();
  const [asking, setAsking] = useState(false);
  const own = items.filter(({ current }) => current);
  const others = items.filter(({ current }) => !current);

  async function revokeAll() {
    setAsking(false);
    await revoke(null, "Everywhere else you are signed out now.");
  }

  return (
    <Card
      title="Where you are signed in"
      hint="A session ends after a day without use, and after 30 days in any case."
      actions={
        others.length > 0 && (
          <Button busy={ending === "others" ? "Signing out…" : null} onClick={() => setAsking(true)}>
            <LogOut size={16} aria-hidden />
            Sign out everywhere else
          </Button>
        )
      }
    >
      <ul aria-label="Sessions" className="grid divide-y divide-line">
        {[...own, ...others].map((each) => (
          <SessionRow
            key={each.id}
            session={each}
            ending={ending === each.id}
            onRevoke={() => void revoke(each.id, "That session has ended.")}
          />
        ))}
      </ul>
      {others.length === 0 && <p className="mt-3 text-muted">You are signed in nowhere else.</p>}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Sign out everywhere else?"
        description={`${others.length === 1 ? "The other session ends" : `${others.length} other sessions end`} within seconds. This one stays. API tokens stay too.`}
        action="Sign out everywhere else"
        onConfirm={() => void revokeAll()}
      />
    </Card>
  );
}

/** `ending` is the id of the session that is being ended, or "others". */
function useRevocation() {
  const toast = useToast();
  const refresh = useRefresh();
  const [ending, setEnding] = useState<string | null>(null);

  async function revoke(sessionId: string | null, done: string) {
    setEnding(sessionId ?? "others");
    try {
      await launch.api.auth.sessions.revoke.mutate({ sessionId });
      toast({ tone: "ok", text: done });
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setEnding(null);
      void refresh();
    }
  }
  return { revoke, ending };
}

type SessionRowProps = { session: Session; ending: boolean; onRevoke: () => void };

function SessionRow({ session, ending, onRevoke }: SessionRowProps) {
  const { current, audience, device, ip, createdAt, usedAt } = session;
  const name = device ?? "Unknown program";
  return (
    <li className="flex items-start gap-3 py-3 first:pt-0 last:pb-0">
      <span className="mt-0.5 shrink-0 text-muted">
        <DeviceIcon device={device} />
      </span>
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium">{name}</span>
          {current && <StateBadge tone="ok" label="This one" />}
          {audience === "admin" && <StateBadge tone="info" label="Admin app" />}
        </p>
        <p className="text-muted [overflow-wrap:anywhere]">
          From {ip} ·{" "}
          {current ? (
            "in use now"
          ) : (
            <>
              last used <RelativeTime date={usedAt} />
            </>
          )}{" "}
          · signed in <RelativeTime date={createdAt} />
        </p>
      </div>
      {!current && (
        <Button
          size="small"
          aria-label={`Sign out ${name}, from ${ip}`}
          busy={ending ? "Signing out…" : null}
          onClick={onRevoke}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

function DeviceIcon({ device }: { device: string | null }) {
  if (!device?.includes(" on ")) return <SquareTerminal size={18} aria-hidden />;
  return /iOS|iPadOS|Android/.test(device) ? (
    <Smartphone size={18} aria-hidden />
  ) : (
    <Monitor size={18} aria-hidden />
  );
}
