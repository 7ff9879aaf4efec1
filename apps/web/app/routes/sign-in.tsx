import { ownPathOf } from "@openclaw-launch/core/auth/own-path";
import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { Button } from "@openclaw-launch/ui/button";
import { Notice } from "@openclaw-launch/ui/notice";
import type { SecondFactor } from "@openclaw-launch/ui/second-factor-form";
import { SignInForm } from "@openclaw-launch/ui/sign-in-form";
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Link, useLoaderData, useNavigate, useSearchParams } from "@remix-run/react";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { OtherWays, ProviderWays, Way } from "~/account/other-ways";
import { usePasswordSignIn } from "~/account/password-sign-in";
import { isSignedIn, load } from "~/api.server";
import { textOfCode, textOfError } from "~/errors";
import { launch } from "~/launch.client";

export const meta = () => [{ title: "Sign in · OpenClaw Launch" }];

export async function loader(args: LoaderFunctionArgs) {
  if (await isSignedIn(args))
    throw redirect(ownPathOf(new URL(args.request.url).searchParams.get("to")) ?? "/assistants");
  return load(args, (api) => api.auth.providers.list({}));
}

export default function SignIn() {
  const { items: providers } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const byPassword = usePasswordSignIn();
  // Whoever comes back from a provider may owe a second factor too.
  const [owing, setOwing] = useState(() => factorsIn(search.get("factors")));
  const [problem, setProblem] = useState(() => textOfCode(search.get("problem")));
  const [codesLeft, setCodesLeft] = useState<number | null>(null);
  const target = ownPathOf(search.get("to")) ?? "/assistants";
  const signUp = search.has("to") ? `/sign-up?to=${encodeURIComponent(target)}` : "/sign-up";
  const leadOn = () => navigate(target);
  const refuse = (refusal: unknown) => setProblem(textOfError(refusal));

  async function signIn(credentials: { email: string; password: string }): Promise<void> {
    setProblem(null);
    try {
      await byPassword.signIn(credentials);
      leadOn();
    } catch (error) {
      const { code, details } = toLaunchError(error);
      if (code !== "auth.second-factor-required") throw error;
      setOwing(factorsIn(String(details["factors"])));
    }
  }

  async function verify(code: string): Promise<boolean> {
    const inTime = await verifyInTime({ code });
    if (!inTime) return false;
    const left = await recoveryCodesLeft(code);
    if (left === null) leadOn();
    else setCodesLeft(left);
    return true;
  }

  async function verifyPasskey(): Promise<boolean> {
    const inTime = await verifyInTime("passkey");
    if (inTime) leadOn();
    return inTime;
  }

  if (codesLeft !== null) return <WithoutApp codesLeft={codesLeft} target={target} />;
  return (
    <AccountFrame
      product="OpenClaw Launch"
      title={owing.length > 0 ? "One more step" : "Sign in"}
      subtitle={
        owing.length > 0 ? "Your account has two-step sign-in." : "Your password never leaves this device."
      }
      footer={
        owing.length === 0 && (
          <>
            New here?{" "}
            <Link to={signUp} className="text-text underline underline-offset-4">
              Create an account
            </Link>
          </>
        )
      }
    >
      {problem && owing.length === 0 && (
        <Notice tone="bad" title="You are not signed in">
          {problem}
        </Notice>
      )}
      <SignInForm
        owing={owing.length > 0}
        factors={owing}
        onStartAgain={() => setOwing([])}
        textOf={textOfError}
        signIn={signIn}
        verify={verify}
        verifyPasskey={verifyPasskey}
        passwordHint={
          <Link to="/forgot-password" className="underline underline-offset-4 hover:text-text">
            Forgot your password?
          </Link>
        }
      />
      {byPassword.question}
      {owing.length === 0 && (
        <OtherWays>
          <Way
            icon={<Fingerprint size={18} aria-hidden />}
            label="Sign in with a passkey"
            waiting="Waiting for your passkey…"
            take={async () => {
              setProblem(null);
              await launch.signInWithPasskey();
              leadOn();
            }}
            onRefused={refuse}
          />
          <ProviderWays providers={providers} target={target} onRefused={refuse} />
        </OtherWays>
      )}
    </AccountFrame>
  );
}

const isFactor = (name: string): name is SecondFactor => ["passkey", "totp", "recovery-code"].includes(name);

/** What stands in an address or an error. */
const factorsIn = (list: string | null): SecondFactor[] => (list ?? "").split(",").filter(isFactor);

/** False when the sign-in was begun too long ago. */
async function verifyInTime(factor: { code: string } | "passkey"): Promise<boolean> {
  try {
    await launch.verifySecondFactor(factor);
    return true;
  } catch (error) {
    if (toLaunchError(error).code === "auth.required") return false;
    throw error;
  }
}

/** Null unless this code was one of them. */
async function recoveryCodesLeft(code: string): Promise<number | null> {
  if (/^[\d\s-]+$/.test(code)) return null;
  return (await launch.api.auth.protection.query({})).recoveryCodesLeft;
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
        If your phone or your key is gone, take it off in the security settings and set up another.
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
