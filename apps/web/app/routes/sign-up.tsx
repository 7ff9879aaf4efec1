import { ownPathOf } from "@openclaw-launch/core/auth/own-path";
import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { Button } from "@openclaw-launch/ui/button";
import { useDraft } from "@openclaw-launch/ui/draft";
import { Field } from "@openclaw-launch/ui/field";
import { useHydrated } from "@openclaw-launch/ui/hydrated";
import { Notice } from "@openclaw-launch/ui/notice";
import { PasswordInput } from "@openclaw-launch/ui/password-input";
import { passwordStrength } from "@openclaw-launch/ui/password-strength";
import { StrengthMeter } from "@openclaw-launch/ui/strength-meter";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { WaitForCode } from "@openclaw-launch/ui/wait-for-code";
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Link, useLoaderData, useNavigate, useSearchParams } from "@remix-run/react";
import { type FormEvent, useRef, useState } from "react";
import { OtherWays, ProviderWays } from "~/account/other-ways";
import { isSignedIn, load } from "~/api.server";
import { Refusal } from "~/components/refusal";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

export const meta = () => [{ title: "Create an account · OpenClaw Launch" }];

export async function loader(args: LoaderFunctionArgs) {
  if (await isSignedIn(args))
    throw redirect(ownPathOf(new URL(args.request.url).searchParams.get("to")) ?? "/assistants");
  return load(args, (api) => api.auth.providers.list({}));
}

export default function SignUp() {
  const { items: providers } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const [problem, setProblem] = useState<string | null>(null);
  const target = ownPathOf(search.get("to")) ?? "/assistants";
  const signIn = search.has("to") ? `/sign-in?to=${encodeURIComponent(target)}` : "/sign-in";
  return (
    <AccountFrame
      product="OpenClaw Launch"
      title="Create an account"
      subtitle="Three steps from here to an assistant of your own."
      footer={
        <>
          Have an account?{" "}
          <Link to={signIn} className="text-text underline underline-offset-4">
            Sign in
          </Link>
        </>
      }
    >
      {problem && (
        <Notice tone="bad" title="The account was not created">
          {problem}
        </Notice>
      )}
      <SignUpForm target={target} onAttempt={() => setProblem(null)} />
      {providers.length > 0 && (
        <OtherWays>
          <ProviderWays
            providers={providers}
            target={target}
            onRefused={(refusal) => setProblem(textOfError(refusal))}
          />
        </OtherWays>
      )}
    </AccountFrame>
  );
}

// The fields have no names: should the form be sent before the page's code runs, it sends nothing.
function SignUpForm({ target, onAttempt }: { target: string; onAttempt: () => void }) {
  const navigate = useNavigate();
  const hydrated = useHydrated();
  const [{ email }, change] = useDraft("account", () => ({ email: "" }));
  const [password, setPassword] = useState("");
  const [touched, setTouched] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const emailInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);
  const [noAddress, setNoAddress] = useState(false);
  const strength = passwordStrength(password, email);
  const weak = strength.level === 0;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTouched(true);
    onAttempt();
    const isAddress = emailInput.current?.validity.valid ?? true;
    setNoAddress(!isAddress);
    if (!isAddress) return emailInput.current?.focus();
    if (weak) return passwordInput.current?.focus();
    setBusy(true);
    setError(null);
    try {
      await launch.signUp({ email, password });
      navigate(target);
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      {error !== null && <Refusal title="The account was not created" error={error} />}
      <Field
        label="E-mail"
        error={noAddress ? "That is no e-mail address. One looks like ada@example.org." : null}
      >
        {(control) => (
          <TextInput
            {...control}
            ref={emailInput}
            type="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={(event) => {
              setNoAddress(false);
              change({ email: event.target.value });
            }}
          />
        )}
      </Field>
      <Field
        label="Password"
        error={touched && weak ? strength.reason : null}
        hint={
          <>
            <StrengthMeter strength={strength} shown={password !== "" && !(touched && weak)} />
            <p>
              It never leaves this device: it makes the keys that encrypt what you save. Without it nobody can
              open that, not even we.{" "}
              <a href="/security" target="_blank" rel="noreferrer" className="underline underline-offset-4">
                How that works
              </a>
            </p>
          </>
        }
      >
        {(control) => (
          <PasswordInput
            {...control}
            ref={passwordInput}
            autoComplete="new-password"
            required
            value={password}
            onBlur={() => setTouched(password !== "")}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button
        type="submit"
        look="primary"
        className="w-full"
        disabled={!hydrated}
        busy={busy ? "Making your keys…" : null}
      >
        Create account
      </Button>
      <WaitForCode />
    </form>
  );
}
