import { Card } from "@openclaw-launch/ui/card";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { PasswordCard } from "~/account/password-card";
import { TwoStep } from "~/account/two-step";
import { load } from "~/api.server";

export const meta = () => [{ title: "Security · Settings · OpenClaw Launch" }];

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const [{ email }, protection] = await Promise.all([api.auth.me({}), api.auth.protection({})]);
    return { email, protection };
  });

export default function Security() {
  const { email, protection } = useLoaderData<typeof loader>();
  return (
    <>
      {protection.hasPassword ? (
        <PasswordCard email={email} />
      ) : (
        <Card title="Password">
          <p className="text-muted">Your account has none: you sign in another way.</p>
        </Card>
      )}
      <TwoStep email={email} protection={protection} />
    </>
  );
}
