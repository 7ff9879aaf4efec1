import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Confirmation } from "~/account/confirmation";
import { isSignedIn } from "~/api.server";
import { launch } from "~/launch.client";

export const meta = () => [{ title: "Confirm your e-mail address · OpenClaw Launch" }];

export async function loader(args: LoaderFunctionArgs) {
  return { signedIn: await isSignedIn(args) };
}

export default function VerifyEmail() {
  const { signedIn } = useLoaderData<typeof loader>();
  return (
    <Confirmation
      signedIn={signedIn}
      title="Confirm your e-mail address"
      subtitle="It shows that the mailbox is yours. Nobody else can do it for you."
      button="Confirm address"
      confirm={(token) => launch.api.auth.email.verify.mutate({ token })}
      done={{
        title: "Your address is confirmed",
        text: "We can help you back in when you forget your password, and warn you when something about your account changes.",
      }}
      expired="Your profile sends you a new one."
    />
  );
}
