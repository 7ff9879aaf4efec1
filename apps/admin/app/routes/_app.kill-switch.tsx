import type { KillSwitchView } from "@openclaw-launch/core/kill-switch/schema";
import { Button } from "@openclaw-launch/ui/button";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { PageHeader } from "@openclaw-launch/ui/page-header";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, type MetaFunction, useLoaderData, useRevalidator } from "@remix-run/react";
import { useState } from "react";
import { load } from "~/api.server";
import { ReleaseSwitch, ThrowSwitch } from "~/components/switch-dialog";
import { type Column, Table } from "~/components/table";

export const loader = (args: LoaderFunctionArgs) => load(args, (api) => api.killSwitch.list({}));

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.length ? `▲ ${data.length} engaged · ` : ""}Kill switch · Admin` },
];

const columns: Column<KillSwitchView>[] = [
  {
    header: "Stops",
    cell: ({ userEmail }) =>
      userEmail ? (
        <span className="[overflow-wrap:anywhere]">{userEmail}</span>
      ) : (
        <span className="whitespace-nowrap">Everybody</span>
      ),
  },
  { header: "State", cell: (row) => <Stopping {...row} /> },
  { header: "Thrown", cell: ({ engagedAt }) => <RelativeTime date={engagedAt} /> },
  {
    header: "By",
    cell: ({ engagedByEmail }) =>
      engagedByEmail ? (
        <span className="[overflow-wrap:anywhere]">{engagedByEmail}</span>
      ) : (
        <span className="text-muted">An account that is gone</span>
      ),
  },
  { header: "Why", cell: ({ reason }) => <span className="max-w-prose">{reason}</span> },
  { header: "Release", cell: (row) => <Release engaged={row} /> },
];

export default function KillSwitchPage() {
  const switches = useLoaderData<typeof loader>();
  const [throwing, setThrowing] = useState(false);
  const standsForAll = switches.some(({ userId }) => userId === null);
  return (
    <>
      <PageHeader
        title="Kill switch"
        subtitle="Stops assistants within seconds, and lets none of them start."
      >
        {!standsForAll && (
          <Button look="danger" onClick={() => setThrowing(true)}>
            Stop everybody…
          </Button>
        )}
      </PageHeader>
      {throwing && <ThrowSwitch subject="everybody" onClose={() => setThrowing(false)} />}
      <Table
        label="Engaged switches"
        rows={switches}
        columns={columns}
        empty={
          <EmptyState
            title="No switch is engaged"
            action={
              <Button asChild>
                <Link to="/people">Find somebody</Link>
              </Button>
            }
          >
            Everybody may run what they have. To stop one person’s assistants, find them among the people.
          </EmptyState>
        }
      />
    </>
  );
}

function Stopping({ stopping }: KillSwitchView) {
  if (stopping === 0) return <StateBadge tone="neutral" label="All down" />;
  return (
    <span className="grid max-md:justify-items-end max-md:text-right">
      <StateBadge tone="info" label={`${stopping} still stopping`} active />
      <span className="text-muted">
        Taking minutes? Check{" "}
        <Link to="/hosts" className="underline underline-offset-4">
          the hosts
        </Link>
        .
      </span>
    </span>
  );
}

function Release({ engaged }: { engaged: KillSwitchView }) {
  const { revalidate } = useRevalidator();
  const [asking, setAsking] = useState(false);
  const of = engaged.userEmail ?? "everybody";
  return (
    <>
      <Button size="small" aria-label={`Release… the switch of ${of}`} onClick={() => setAsking(true)}>
        Release…
      </Button>
      {asking && (
        <ReleaseSwitch
          switchId={engaged.id}
          of={of}
          onReleased={revalidate}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
