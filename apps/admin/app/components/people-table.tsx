import type { listUsersOutput } from "@openclaw-launch/core/users/schema";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { type Column, Table } from "~/components/table";

type Person = (typeof listUsersOutput)["_output"]["items"][number];

const columns: Column<Person>[] = [
  { header: "E-mail", cell: ({ email }) => <span className="[overflow-wrap:anywhere]">{email}</span> },
  {
    header: "Role",
    cell: ({ role }) => (role === "admin" ? "Admin" : <span className="text-muted">User</span>),
  },
  { header: "Instances", cell: ({ instances }) => instances, numeric: true },
  { header: "Since", cell: ({ createdAt }) => <RelativeTime date={createdAt} /> },
];

export function PeopleTable({ people }: { people: readonly Person[] }) {
  return (
    <Table
      label="People"
      rows={people}
      columns={columns}
      empty={<EmptyState title="Nobody here">Nobody has an account on this page.</EmptyState>}
    />
  );
}
