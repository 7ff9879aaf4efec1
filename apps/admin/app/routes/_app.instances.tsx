import { instanceStatus } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { FilterLink } from "@openclaw-launch/ui/filter-link";
import { PageHeader } from "@openclaw-launch/ui/page-header";
import { Pages } from "@openclaw-launch/ui/pages";
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, type MetaFunction, useLoaderData } from "@remix-run/react";
import { load } from "~/api.server";
import { InstancesTable } from "~/components/instances-table";
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
        <FilterLink to="/instances" label="All" chosen={status === null} />
        {statuses.map((each) => (
          <FilterLink
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
