import { Button } from "@openclaw-launch/ui/button";
import { DownloadButton } from "@openclaw-launch/ui/download-button";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { FilterLink } from "@openclaw-launch/ui/filter-link";
import { PageHeader } from "@openclaw-launch/ui/page-header";
import { Pages } from "@openclaw-launch/ui/pages";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData, useSearchParams } from "@remix-run/react";
import type { ReactNode } from "react";
import { csvOf } from "~/activity/csv";
import { EventRow } from "~/activity/event-row";
import { filterOf, kinds, spans, withFilter } from "~/activity/filters";
import { load } from "~/api.server";

export const meta = () => [{ title: "Activity · OpenClaw Launch" }];

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const search = new URL(args.request.url).searchParams;
    const filter = filterOf(search, args.context.sys.clock.now());
    const [page, instances] = await Promise.all([
      api.audit.list({ ...filter, cursor: search.get("after") }),
      api.instances.list({}),
    ]);
    return { ...page, names: Object.fromEntries(instances.items.map(({ id, name }) => [id, name])) };
  });

export default function ActivityPage() {
  const { items, nextCursor, names } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader
        title="Activity"
        subtitle="What happened to your account and your assistants. Nobody can change or delete it."
      >
        {items.length > 0 && (
          <DownloadButton
            label="Download"
            fileName="openclaw-launch-activity.csv"
            type="text/csv"
            content={() => csvOf(items, names)}
          />
        )}
      </PageHeader>
      <Filters />
      {items.length === 0 ? (
        <Nothing />
      ) : (
        <ul
          aria-label="Events"
          className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface"
        >
          {items.map((event) => (
            <EventRow key={event.id} event={event} names={names} />
          ))}
        </ul>
      )}
      <Pages nextCursor={nextCursor} />
    </>
  );
}

function Filters() {
  const [search] = useSearchParams();
  const choice = (name: "kind" | "outcome" | "days", value: string | null, label: string) => (
    <FilterLink
      key={label}
      to={withFilter(search, name, value)}
      label={label}
      chosen={search.get(name) === value}
    />
  );
  return (
    <div className="mb-4 grid gap-2">
      <FilterRow label="Kind">
        {choice("kind", null, "All")}
        {kinds.map(({ value, label }) => choice("kind", value, label))}
      </FilterRow>
      <div className="flex flex-wrap gap-2">
        <FilterRow label="Time">
          {choice("days", null, "Any time")}
          {spans.map(({ value, label }) => choice("days", value, label))}
        </FilterRow>
        <FilterRow label="Outcome">
          {search.get("outcome") === "refused" ? (
            <FilterLink to={withFilter(search, "outcome", null)} label="Refused only" chosen />
          ) : (
            <FilterLink to={withFilter(search, "outcome", "refused")} label="Refused only" chosen={false} />
          )}
        </FilterRow>
      </div>
    </div>
  );
}

function FilterRow({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-1.5">
      {children}
    </nav>
  );
}

function Nothing() {
  return (
    <EmptyState
      title="Nothing of this kind"
      action={
        <Button asChild>
          <Link to="/activity">Show everything</Link>
        </Button>
      }
    >
      In this time, nothing like it happened.
    </EmptyState>
  );
}
