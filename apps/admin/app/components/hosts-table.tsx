import type { listHostsOutput } from "@openclaw-launch/core/hosts/schema";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { type Column, Table } from "~/components/table";

type Host = (typeof listHostsOutput)["_output"]["items"][number];

const columns: Column<Host>[] = [
  { header: "Host", cell: ({ name }) => name },
  {
    header: "State",
    cell: ({ online }) => <StateBadge tone={online ? "ok" : "bad"} label={online ? "Online" : "Silent"} />,
  },
  { header: "Last heard", cell: ({ seenAt }) => <RelativeTime date={seenAt} /> },
  {
    header: "Disk quota",
    cell: ({ diskQuota }) =>
      diskQuota === "enforced" ? (
        "Enforced"
      ) : (
        <span title="This host lets us set none" className="whitespace-nowrap">
          Measured only<span className="sr-only">: this host lets us set none</span>
        </span>
      ),
  },
  { header: "Instances", cell: ({ instances }) => instances, numeric: true },
  { header: "Added", cell: ({ createdAt }) => <RelativeTime date={createdAt} /> },
];

export function HostsTable({ hosts }: { hosts: readonly Host[] }) {
  return (
    <Table
      label="Hosts"
      rows={hosts}
      columns={columns}
      empty={
        <EmptyState title="No host yet">
          A host appears here as soon as its worker runs and reaches the database.
        </EmptyState>
      }
    />
  );
}
