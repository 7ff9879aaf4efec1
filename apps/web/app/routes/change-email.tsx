import { toLaunchError } from "@openclaw-launch/sdk/errors";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Confirmation } from "~/account/confirmation";
import { isSignedIn, load } from "~/api.server";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

export const meta = () => [{ title: "Confirm your new e-mail address · OpenClaw Launch" }];

export async function loader(args: LoaderFunctionArgs) {
  if (!(await isSignedIn(args))) return { email: null };
  return load(args, async (api) => ({ email: (await api.auth.me({})).email }));
}

export default function ChangeEmail() {
  const { email } = useLoaderData<typeof loader>();
  return (
    <Confirmation
      signedIn={email !== null}
      title="Use this address from now on?"
      subtitle={
        email === null ? (
          "You will sign in with it. The old address then stops working. Your password and vault stay."
        ) : (
          <>
            You will sign in with it instead of <span className="[overflow-wrap:anywhere]">{email}</span>.
            Your password and vault stay.
          </>
        )
      }
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
