import { PageHeader } from "@openclaw-launch/ui/page-header";
import { Pages } from "@openclaw-launch/ui/pages";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { load } from "~/api.server";
import { HostsTable } from "~/components/hosts-table";

export const loader = (args: LoaderFunctionArgs) =>
  load(args, (api) => api.hosts.list({ cursor: new URL(args.request.url).searchParams.get("after") }));

export const meta = () => [{ title: "Hosts · Admin" }];

export default function HostsPage() {
  const { items, nextCursor } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title="Hosts" />
      <HostsTable hosts={items} />
      <Pages nextCursor={nextCursor} />
    </>
  );
}
