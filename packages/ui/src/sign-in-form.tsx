import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { useDraft } from "./draft.ts";
import { Field } from "./field.tsx";
import { useHydrated } from "./hydrated.ts";
import { Notice } from "./notice.tsx";
import { PasswordInput } from "./password-input.tsx";
import { type SecondFactor, SecondFactorForm } from "./second-factor-form.tsx";
import { TextInput } from "./text-input.tsx";
import { WaitForCode } from "./wait-for-code.tsx";

type SignInFormProps = {
  /** Whether the second factor is what is asked now; the page around says so too. */
  owing: boolean;
  onStartAgain: () => void;
  /** Which the account has, when it isn't an app with recovery codes. */
  factors?: readonly SecondFactor[];
  /** Signs in and leads on, or to the second factor; rejects with a refusal. */
  signIn: (credentials: { email: string; password: string }) => Promise<void>;
  /** Completes it with a code and leads on; rejects with a refusal. False when it was begun too long ago. */
  verify: (code: string) => Promise<boolean>;
  verifyPasskey?: () => Promise<boolean>;
  textOf: (refusal: unknown) => string;
  passwordHint?: ReactNode;
};

/** Signing in: the password, then in its place the second factor of those who have one. */
export function SignInForm({ owing, onStartAgain, ...form }: SignInFormProps) {
  const [reason, setReason] = useState<string | null>(null);
  const { signIn, verify, verifyPasskey, factors, textOf, passwordHint } = form;

  function startAgain(because: string | null) {
    setReason(because);
    onStartAgain();
  }

  if (owing) {
    return (
      <SecondFactorForm
        {...(factors && { factors })}
        verify={verify}
        verifyPasskey={verifyPasskey}
        textOf={textOf}
        onStartAgain={startAgain}
      />
    );
  }
  return <PasswordForm signIn={signIn} textOf={textOf} passwordHint={passwordHint} reason={reason} />;
}

type PasswordFormProps = {
  signIn: (credentials: { email: string; password: string }) => Promise<void>;
  textOf: (refusal: unknown) => string;
  passwordHint: ReactNode;
  /** Why it is asked again. */
  reason: string | null;
};

/** Keeps what was typed after a refusal. The fields have no names: sent before the page's code runs, the form sends nothing. */
function PasswordForm({ signIn, textOf, passwordHint, reason }: PasswordFormProps) {
  const hydrated = useHydrated();
  const [{ email }, change] = useDraft("account", () => ({ email: "" }));
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(reason);
  const passwordInput = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn({ email, password });
    } catch (refusal) {
      setError(textOf(refusal));
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
      <Field label="Password" hint={passwordHint}>
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
        busy={busy ? "Signing in…" : null}
      >
        Sign in
      </Button>
      <WaitForCode />
    </form>
  );
}
