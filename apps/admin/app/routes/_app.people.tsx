import { PageHeader } from "@openclaw-launch/ui/page-header";
import { Pages } from "@openclaw-launch/ui/pages";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { load } from "~/api.server";
import { PeopleTable } from "~/components/people-table";

export const loader = (args: LoaderFunctionArgs) =>
  load(args, (api) => api.users.list({ cursor: new URL(args.request.url).searchParams.get("after") }));

export const meta = () => [{ title: "People · Admin" }];

export default function PeoplePage() {
  const { items, nextCursor } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title="People" />
      <PeopleTable people={items} />
      <Pages nextCursor={nextCursor} />
    </>
  );
}
