import { AccountFrame } from "@openclaw-launch/ui/account-frame";
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
import { useNavigate, useSearchParams } from "@remix-run/react";
import { type FormEvent, useRef, useState } from "react";
import { signIn } from "~/account.client";
import { isSignedIn } from "~/api.server";
import { textOfError } from "~/errors";

export const meta = () => [{ title: "Sign in · Admin" }];

export async function loader(args: LoaderFunctionArgs) {
  if (await isSignedIn(args)) throw redirect(ownPath(new URL(args.request.url).searchParams.get("to"), "/"));
  return null;
}

export default function SignIn() {
  return (
    <AccountFrame
      product="OpenClaw Launch admin"
      title="Sign in"
      subtitle="For the operators of this service."
      footer={
        <>
          No admin account yet? Whoever runs the server makes one:{" "}
          <code className="font-mono text-[0.9em] text-text">npm run make-admin -- you@example.org</code>
        </>
      }
    >
      <SignInForm />
    </AccountFrame>
  );
}

// The fields have no names: should the form be sent before the page's code runs, it sends nothing.
function SignInForm() {
  const [search] = useSearchParams();
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
      await signIn({ email, password });
      navigate(ownPath(search.get("to"), "/"));
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
      <Field label="Password" hint="It never leaves this device: only a key made from it is sent.">
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
        busy={busy ? "Deriving your key…" : null}
      >
        Sign in
      </Button>
      <WaitForCode />
    </form>
  );
}
