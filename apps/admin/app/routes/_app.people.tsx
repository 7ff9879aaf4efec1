import { Button } from "@openclaw-launch/ui/button";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { Field } from "@openclaw-launch/ui/field";
import { PageHeader } from "@openclaw-launch/ui/page-header";
import { Pages } from "@openclaw-launch/ui/pages";
import { TextInput } from "@openclaw-launch/ui/text-input";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useLoaderData } from "@remix-run/react";
import { load } from "~/api.server";
import { PeopleTable } from "~/components/people-table";

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const search = new URL(args.request.url).searchParams;
    const email = search.get("email")?.trim() || null;
    return { email, ...(await api.users.list({ email, cursor: search.get("after") })) };
  });

export const meta = () => [{ title: "People · Admin" }];

export default function PeoplePage() {
  const { email, items, nextCursor } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title="People" />
      {/* Whoever comes with another search finds it filled in. */}
      <Form key={email} role="search" className="mb-4 flex items-end gap-2">
        <div className="max-w-80 grow">
          <Field label="E-mail, or a part of it">
            {(control) => (
              <TextInput {...control} type="search" name="email" maxLength={254} defaultValue={email ?? ""} />
            )}
          </Field>
        </div>
        <Button type="submit">Find</Button>
      </Form>
      <PeopleTable
        people={items}
        empty={
          <EmptyState
            title={email ? `Nobody has “${email}” in their e-mail` : "Nobody here"}
            action={
              email && (
                <Button asChild>
                  <Link to="/people">Show all</Link>
                </Button>
              )
            }
          >
            {email
              ? "Check the spelling, or look for a shorter part."
              : "Nobody has an account on this page."}
          </EmptyState>
        }
      />
      <Pages nextCursor={nextCursor} />
    </>
  );
}
