import { instanceStatus } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { PageHeader } from "@openclaw-launch/ui/page-header";
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, type MetaFunction, useLoaderData } from "@remix-run/react";
import { load } from "~/api.server";
import { InstancesTable } from "~/components/instances-table";
import { Pages } from "~/components/pages";
import { badges, statuses } from "~/status";

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const search = new URL(args.request.url).searchParams;
    const { success, data: status } = instanceStatus.nullable().safeParse(search.get("status"));
    if (!success) throw data(null, { status: 404 });
    const [overview, page] = await Promise.all([
      api.overview({}),
      api.instances.list({ status, cursor: search.get("after") }),
    ]);
    return { status, counts: overview.instances, ...page };
  });

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data?.status ? `${badges[data.status].label} · Instances · Admin` : "Instances · Admin" },
];

export default function InstancesPage() {
  const { status, counts, items, nextCursor } = useLoaderData<typeof loader>();
  const count: Partial<Record<string, number>> = counts;
  return (
    <>
      <PageHeader title="Instances" />
      <nav aria-label="State" className="mb-4 flex flex-wrap gap-1.5">
        <Filter to="/instances" label="All" chosen={status === null} />
        {statuses.map((each) => (
          <Filter
            key={each}
            to={`?status=${each}`}
            label={badges[each].label}
            count={count[each]}
            chosen={status === each}
          />
        ))}
      </nav>
      <InstancesTable
        instances={items}
        empty={
          <EmptyState
            title={status ? `No instance is ${badges[status].label.toLowerCase()}` : "No instances here"}
            action={
              status && (
                <Button asChild>
                  <Link to="/instances">Show all</Link>
                </Button>
              )
            }
          >
            {status
              ? "Good or bad: none is in this state right now."
              : "The first one appears when somebody makes an assistant."}
          </EmptyState>
        }
      />
      <Pages nextCursor={nextCursor} />
    </>
  );
}

function Filter({
  to,
  label,
  count,
  chosen,
}: {
  to: string;
  label: string;
  count?: number | undefined;
  chosen: boolean;
}) {
  return (
    <Link
      to={to}
      prefetch="intent"
      aria-current={chosen ? "true" : undefined}
      className={`flex h-9 items-center gap-2 rounded-md border px-3 font-medium transition-colors duration-100 md:h-8 ${chosen ? "border-text bg-text text-background" : "border-line bg-surface text-muted hover:border-control hover:text-text"}`}
    >
      {label}
      {count !== undefined && <span className={chosen ? "" : "text-text"}>{count}</span>}
    </Link>
  );
}
