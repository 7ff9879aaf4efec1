import { toLaunchError } from "@openclaw-launch/sdk/errors";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Confirmation } from "~/account/confirmation";
import { isSignedIn } from "~/api.server";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

export const meta = () => [{ title: "Confirm your new e-mail address · OpenClaw Launch" }];

export async function loader(args: LoaderFunctionArgs) {
  return { signedIn: await isSignedIn(args) };
}

export default function ChangeEmail() {
  const { signedIn } = useLoaderData<typeof loader>();
  return (
    <Confirmation
      signedIn={signedIn}
      title="Use this address from now on?"
      subtitle="You sign in with it, and our mails come to it. The address before is of no use then. Password and vault stay as they are."
      button="Use this address"
      confirm={(token) => launch.api.auth.email.confirmChange.mutate({ token })}
      done={{
        title: "Your account has a new address",
        text: "Sign in with it from now on, with the same password. Where you are signed in you stay signed in.",
      }}
      expired="If you still want to change your address, ask for it in your profile once more."
      textOf={textOfRefusal}
    />
  );
}

const textOfRefusal = (refusal: unknown): string =>
  toLaunchError(refusal).code === "auth.email-taken"
    ? "Somebody opened an account with this address meanwhile, so yours keeps the one that it has."
    : textOfError(refusal);
