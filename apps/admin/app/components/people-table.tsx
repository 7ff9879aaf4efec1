import type { listUsersOutput } from "@openclaw-launch/core/users/schema";
import { Button } from "@openclaw-launch/ui/button";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { type ReactNode, useState } from "react";
import { ThrowSwitch } from "~/components/switch-dialog";
import { type Column, Table } from "~/components/table";

type Person = (typeof listUsersOutput)["_output"]["items"][number];

const columns: Column<Person>[] = [
  { header: "E-mail", cell: ({ email }) => <span className="[overflow-wrap:anywhere]">{email}</span> },
  {
    header: "Role",
    cell: ({ role }) => (role === "admin" ? "Admin" : <span className="text-muted">User</span>),
  },
  { header: "Instances", cell: ({ instances }) => instances, numeric: true },
  { header: "Joined", cell: ({ createdAt }) => <RelativeTime date={createdAt} /> },
  { header: "Kill switch", cell: (person) => <Stop {...person} /> },
];

export function PeopleTable({ people, empty }: { people: readonly Person[]; empty: ReactNode }) {
  return <Table label="People" rows={people} columns={columns} empty={empty} />;
}

function Stop({ id, email }: Person) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        look="quiet"
        size="small"
        className="-mx-2.5"
        aria-label={`Stop all… of ${email}`}
        onClick={() => setAsking(true)}
      >
        Stop all…
      </Button>
      {asking && <ThrowSwitch subject={{ userId: id, email }} onClose={() => setAsking(false)} />}
    </>
  );
}
