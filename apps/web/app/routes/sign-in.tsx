import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { ownPath } from "@openclaw-launch/ui/own-path";
import { SignInForm } from "@openclaw-launch/ui/sign-in-form";
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Link, useNavigate, useSearchParams } from "@remix-run/react";
import { isSignedIn } from "~/api.server";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

export const meta = () => [{ title: "Sign in · OpenClaw Launch" }];

export async function loader(args: LoaderFunctionArgs) {
  if (await isSignedIn(args))
    throw redirect(ownPath(new URL(args.request.url).searchParams.get("to"), "/assistants"));
  return null;
}

export default function SignIn() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const target = ownPath(search.get("to"), "/assistants");
  const signUp = search.has("to") ? `/sign-up?to=${encodeURIComponent(target)}` : "/sign-up";
  return (
    <AccountFrame
      product="OpenClaw Launch"
      title="Sign in"
      subtitle="Your password never leaves this device."
      footer={
        <>
          New here?{" "}
          <Link to={signUp} className="text-text underline underline-offset-4">
            Create an account
          </Link>
        </>
      }
    >
      <SignInForm
        textOf={textOfError}
        signIn={async (credentials) => {
          await launch.signIn(credentials);
          navigate(target);
        }}
      />
    </AccountFrame>
  );
}
