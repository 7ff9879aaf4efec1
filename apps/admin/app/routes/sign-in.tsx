import { ownPathOf } from "@openclaw-launch/core/auth/own-path";
import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { SignInForm } from "@openclaw-launch/ui/sign-in-form";
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useNavigate, useSearchParams } from "@remix-run/react";
import { useState } from "react";
import { signIn, verifySecondFactor } from "~/account.client";
import { isSignedIn } from "~/api.server";
import { textOfError } from "~/errors";

export const meta = () => [{ title: "Sign in · Admin" }];

export async function loader(args: LoaderFunctionArgs) {
  if (await isSignedIn(args))
    throw redirect(ownPathOf(new URL(args.request.url).searchParams.get("to")) ?? "/");
  return null;
}

export default function SignIn() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const [owing, setOwing] = useState(false);

  const leadOn = () => navigate(ownPathOf(search.get("to")) ?? "/");

  async function verify(code: string): Promise<boolean> {
    const isComplete = await verifySecondFactor(code);
    if (isComplete) leadOn();
    return isComplete;
  }

  return (
    <AccountFrame
      product="OpenClaw Launch admin"
      title={owing ? "One more step" : "Sign in"}
      subtitle={owing ? "Your account has two-step sign-in." : "For the operators of this service."}
      footer={
        !owing && (
          <>
            No admin account yet? Whoever runs the server makes one:{" "}
            <code className="font-mono text-[0.9em] text-text">npm run make-admin -- you@example.org</code>
          </>
        )
      }
    >
      <SignInForm
        owing={owing}
        onStartAgain={() => setOwing(false)}
        textOf={textOfError}
        passwordHint="It never leaves this device: only a key made from it is sent."
        signIn={async (credentials) => {
          if (await signIn(credentials)) leadOn();
          else setOwing(true);
        }}
        verify={verify}
      />
    </AccountFrame>
  );
}
