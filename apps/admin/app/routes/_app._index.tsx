import type { KillSwitchView } from "@openclaw-launch/core/kill-switch/schema";
import type { overview as overviewSchema } from "@openclaw-launch/core/overview/schema";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { PageHeader } from "@openclaw-launch/ui/page-header";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, type MetaFunction, useLoaderData } from "@remix-run/react";
import { Fragment, type ReactNode } from "react";
import { load } from "~/api.server";
import { HostsTable } from "~/components/hosts-table";
import { InstancesTable } from "~/components/instances-table";
import { PeopleTable } from "~/components/people-table";
import { SwitchesNotice } from "~/components/switches-notice";
import { badges, livingStatuses } from "~/status";

type Data = { overview: (typeof overviewSchema)["_output"]; switches: readonly KillSwitchView[] };

const recent = 8;

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const [overview, instances, hosts, people, switches] = await Promise.all([
      api.overview({}),
      api.instances.list({ limit: recent }),
      api.hosts.list({ limit: recent }),
      api.users.list({ limit: recent }),
      api.killSwitch.list({}),
    ]);
    return { overview, switches, instances: instances.items, hosts: hosts.items, people: people.items };
  });

export const meta: MetaFunction<typeof loader> = ({ data }) => {
  const worries = data ? worriesOf(data) : [];
  const texts = worries.map(({ text }) => text).join(", ");
  return [{ title: `${texts ? `▲ ${texts}` : "● All well"} · Admin` }];
};

type Worry = { text: string; to: string };

/** What somebody should look at, in words, and where. */
function worriesOf({ overview: { instances, hosts }, switches }: Data): Worry[] {
  const silent = hosts.total - hosts.online;
  return [
    ...(switches.length > 0 ? [{ text: "kill switch engaged", to: "/kill-switch" }] : []),
    ...(hosts.total === 0 ? [{ text: "no host", to: "/hosts" }] : []),
    ...(silent > 0 ? [{ text: `${silent} ${silent === 1 ? "host" : "hosts"} silent`, to: "/hosts" }] : []),
    ...(instances.failed > 0 ? [{ text: `${instances.failed} failed`, to: "/instances?status=failed" }] : []),
  ];
}

export default function OverviewPage() {
  const loaded = useLoaderData<typeof loader>();
  const { overview, switches, instances, hosts, people } = loaded;
  const worries = worriesOf(loaded);
  const living = livingStatuses.reduce((sum, status) => sum + overview.instances[status], 0);
  return (
    <>
      <PageHeader title="Overview">
        <span role="status">
          {worries.length > 0 ? (
            <StateBadge tone="bad" label={<Worries worries={worries} />} />
          ) : (
            <StateBadge tone="ok" label="All well" />
          )}
        </span>
      </PageHeader>
      <SwitchesNotice switches={switches} />
      <ul
        aria-label="Figures"
        className="mb-6 grid grid-cols-2 gap-2 sm:grid-cols-3 xl:grid-cols-5 2xl:grid-cols-9"
      >
        {livingStatuses.map((status) => (
          <Figure key={status} to={`/instances?status=${status}`} value={overview.instances[status]}>
            <StateBadge
              {...badges[status]}
              active={badges[status].active && overview.instances[status] > 0}
            />
          </Figure>
        ))}
        <Figure to="/people" value={overview.users}>
          <span className="font-medium text-muted">People</span>
        </Figure>
        <Figure to="/hosts" value={`${overview.hosts.online}/${overview.hosts.total}`}>
          <span className="font-medium text-muted">Hosts online</span>
        </Figure>
      </ul>
      <div className="grid gap-6">
        <Section title="Newest instances" to="/instances" all={`All ${living} instances`}>
          <InstancesTable
            instances={instances}
            empty={
              <EmptyState title="No instances yet">
                The first one appears here when somebody makes an assistant.
              </EmptyState>
            }
          />
        </Section>
        <div className="grid gap-6 2xl:grid-cols-2">
          <Section title="Hosts" to="/hosts" all={`All ${overview.hosts.total} hosts`}>
            <HostsTable hosts={hosts} />
          </Section>
          <Section title="Newest people" to="/people" all={`All ${overview.users} people`}>
            <PeopleTable
              people={people}
              empty={<EmptyState title="Nobody here">Nobody has an account yet.</EmptyState>}
            />
          </Section>
        </div>
      </div>
    </>
  );
}

const Worries = ({ worries }: { worries: readonly Worry[] }) =>
  worries.map(({ text, to }, index) => (
    <Fragment key={text}>
      {index > 0 && ", "}
      <Link to={to} prefetch="intent" className="underline underline-offset-4">
        {text}
      </Link>
    </Fragment>
  ));

function Figure({ to, value, children }: { to: string; value: ReactNode; children: ReactNode }) {
  return (
    <li>
      <Link
        to={to}
        prefetch="intent"
        className="flex flex-col rounded-md border border-line bg-surface px-3 py-2.5 transition-colors duration-100 hover:border-control"
      >
        {children}
        <span className="text-2xl font-semibold">{value}</span>
      </Link>
    </li>
  );
}

function Section({
  title,
  to,
  all,
  children,
}: {
  title: string;
  to: string;
  all: string;
  children: ReactNode;
}) {
  return (
    <section className="min-w-0">
      <header className="mb-2 flex items-baseline justify-between gap-4">
        <h2 className="text-base font-semibold">{title}</h2>
        <Link to={to} prefetch="intent" className="text-muted underline underline-offset-4 hover:text-text">
          {all}
        </Link>
      </header>
      {children}
    </section>
  );
}
