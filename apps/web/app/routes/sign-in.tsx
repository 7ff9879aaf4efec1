import { Button } from "@openclaw-launch/ui/button";
import { useDraft } from "@openclaw-launch/ui/draft";
import { Field } from "@openclaw-launch/ui/field";
import { useHydrated } from "@openclaw-launch/ui/hydrated";
import { Notice } from "@openclaw-launch/ui/notice";
import { ownPath } from "@openclaw-launch/ui/own-path";
import { PasswordInput } from "@openclaw-launch/ui/password-input";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { WaitForCode } from "@openclaw-launch/ui/wait-for-code";
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Link, useNavigate, useSearchParams } from "@remix-run/react";
import { type FormEvent, useRef, useState } from "react";
import { isSignedIn } from "~/api.server";
import { AccountFrame } from "~/components/account-frame";
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
  const target = ownPath(search.get("to"), "/assistants");
  const signUp = search.has("to") ? `/sign-up?to=${encodeURIComponent(target)}` : "/sign-up";
  return (
    <AccountFrame
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
      <SignInForm target={target} />
    </AccountFrame>
  );
}

// The fields have no names: should the form be sent before the page's code runs, it sends nothing.
function SignInForm({ target }: { target: string }) {
  const navigate = useNavigate();
  const hydrated = useHydrated();
  const [{ email }, change] = useDraft("account", () => ({ email: "" }));
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const passwordInput = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await launch.signIn({ email, password });
      navigate(target);
    } catch (refusal) {
      setError(textOfError(refusal));
      setBusy(false);
      passwordInput.current?.select();
    }
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      {error && (
        <Notice tone="bad" title="You are not signed in">
          {error}
        </Notice>
      )}
      <Field label="E-mail">
        {(control) => (
          <TextInput
            {...control}
            type="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={(event) => change({ email: event.target.value })}
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <PasswordInput
            {...control}
            ref={passwordInput}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button
        type="submit"
        look="primary"
        className="w-full"
        disabled={!hydrated}
        busy={busy ? "Deriving your keys…" : null}
      >
        Sign in
      </Button>
      <WaitForCode />
    </form>
  );
}
