import type { listFleetOutput } from "@openclaw-launch/core/instances/schema";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import { PlanCell } from "~/components/plan-cell";
import { type Column, Table } from "~/components/table";
import { textOfCode } from "~/errors";
import { badges } from "~/status";

type Instance = (typeof listFleetOutput)["_output"]["items"][number];

const columns: Column<Instance>[] = [
  {
    header: "Instance",
    cell: ({ slug }) => <span className="font-mono text-[0.95em] whitespace-nowrap">{slug}</span>,
  },
  { header: "State", cell: (instance) => <State {...instance} /> },
  { header: "Owner", cell: (instance) => <Owner {...instance} /> },
  { header: "Model", cell: ({ model }) => <Long text={model} /> },
  {
    header: "Plan",
    cell: (instance) => <PlanCell instance={instance} changeable={instance.status !== "removed"} />,
  },
  { header: "Host", cell: ({ hostName }) => hostName ?? <span className="text-muted">None yet</span> },
  { header: "Changed", cell: ({ updatedAt }) => <RelativeTime date={updatedAt} /> },
  { header: "Created", cell: ({ createdAt }) => <RelativeTime date={createdAt} /> },
];

export function InstancesTable({ instances, empty }: { instances: readonly Instance[]; empty: ReactNode }) {
  return <Table label="Instances" rows={instances} columns={columns} empty={empty} />;
}

function State({ status, reason }: Instance) {
  return (
    <span className="grid max-md:justify-items-end max-md:text-right">
      <StateBadge {...badges[status]} />
      {reason && <span className="max-w-72 text-muted">{textOfCode(reason)}</span>}
    </span>
  );
}

function Owner({ ownerEmail }: Instance) {
  return (
    <Link
      to={`/people?${new URLSearchParams({ email: ownerEmail })}`}
      className="underline decoration-line underline-offset-4 hover:decoration-text"
    >
      <Long text={ownerEmail} />
    </Link>
  );
}

/** Cut where there is no room; whole on hover. */
function Long({ text }: { text: string }) {
  return (
    <span title={text} className="block max-w-56 truncate">
      {text}
    </span>
  );
}
