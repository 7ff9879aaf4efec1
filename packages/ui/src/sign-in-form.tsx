import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { useDraft } from "./draft.ts";
import { Field } from "./field.tsx";
import { useHydrated } from "./hydrated.ts";
import { Notice } from "./notice.tsx";
import { PasswordInput } from "./password-input.tsx";
import { TextInput } from "./text-input.tsx";
import { WaitForCode } from "./wait-for-code.tsx";

type SignInFormProps = {
  /** Signs in and leads on; rejects with a refusal. */
  signIn: (credentials: { email: string; password: string }) => Promise<void>;
  textOf: (refusal: unknown) => string;
  passwordHint?: ReactNode;
};

/** Keeps what was typed after a refusal. The fields have no names: sent before the page's code runs, the form sends nothing. */
export function SignInForm({ signIn, textOf, passwordHint }: SignInFormProps) {
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
        busy={busy ? "Deriving your keys…" : null}
      >
        Sign in
      </Button>
      <WaitForCode />
    </form>
  );
}
