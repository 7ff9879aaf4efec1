import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { Button } from "@openclaw-launch/ui/button";
import { Notice } from "@openclaw-launch/ui/notice";
import { ownPath } from "@openclaw-launch/ui/own-path";
import { SignInForm } from "@openclaw-launch/ui/sign-in-form";
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Link, useNavigate, useSearchParams } from "@remix-run/react";
import { useState } from "react";
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
  const [owing, setOwing] = useState(false);
  const [codesLeft, setCodesLeft] = useState<number | null>(null);
  const target = ownPath(search.get("to"), "/assistants");
  const signUp = search.has("to") ? `/sign-up?to=${encodeURIComponent(target)}` : "/sign-up";

  async function verify(code: string): Promise<boolean> {
    const outcome = await verifySecondFactor(code);
    if (outcome === "too-late") return false;
    if (outcome.codesLeft === null) navigate(target);
    else setCodesLeft(outcome.codesLeft);
    return true;
  }

  if (codesLeft !== null) return <WithoutApp codesLeft={codesLeft} target={target} />;
  return (
    <AccountFrame
      product="OpenClaw Launch"
      title={owing ? "One more step" : "Sign in"}
      subtitle={owing ? "Your account has two-step sign-in." : "Your password never leaves this device."}
      footer={
        !owing && (
          <>
            New here?{" "}
            <Link to={signUp} className="text-text underline underline-offset-4">
              Create an account
            </Link>
          </>
        )
      }
    >
      <SignInForm
        owing={owing}
        onOwing={setOwing}
        textOf={textOfError}
        signIn={async (credentials) => {
          const isComplete = await signIn(credentials);
          if (isComplete) navigate(target);
          return isComplete;
        }}
        verify={verify}
      />
    </AccountFrame>
  );
}

/** False when a second factor is owed. */
async function signIn(credentials: { email: string; password: string }): Promise<boolean> {
  try {
    await launch.signIn(credentials);
    return true;
  } catch (error) {
    if (toLaunchError(error).code === "auth.second-factor-required") return false;
    throw error;
  }
}

/** `codesLeft` is null unless a recovery code was used up. */
async function verifySecondFactor(code: string): Promise<{ codesLeft: number | null } | "too-late"> {
  try {
    await launch.verifySecondFactor({ code });
  } catch (error) {
    if (toLaunchError(error).code === "auth.required") return "too-late";
    throw error;
  }
  if (/^[\d\s-]+$/.test(code)) return { codesLeft: null };
  const { recoveryCodesLeft } = await launch.api.auth.protection.query({});
  return { codesLeft: recoveryCodesLeft };
}

/** Whoever signs in with a recovery code may have lost the phone: what to do about it, while it is in mind. */
function WithoutApp({ codesLeft, target }: { codesLeft: number; target: string }) {
  return (
    <AccountFrame
      product="OpenClaw Launch"
      title="You are signed in"
      subtitle="With one of your recovery codes."
    >
      <Notice tone={codesLeft < 4 ? "warn" : "info"} title={leftText(codesLeft)}>
        If your phone is gone, turn two-step sign-in off in the settings and set it up on another.
      </Notice>
      <div className="grid gap-2">
        <Button look="primary" asChild>
          <Link to={target}>Go on</Link>
        </Button>
        <Button asChild>
          <Link to="/settings/security">Security settings</Link>
        </Button>
      </div>
    </AccountFrame>
  );
}

function leftText(count: number): string {
  if (count === 0) return "That was your last recovery code";
  return count === 1 ? "One recovery code is left" : `${count} recovery codes are left`;
}
