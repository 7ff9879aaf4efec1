import { type FormEvent, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { CodeInput, codeProblem } from "./code-input.tsx";
import { Field } from "./field.tsx";

type SecondFactorFormProps = {
  /** Completes the sign-in and leads on; rejects with a refusal. False when it was begun too long ago. */
  verify: (code: string) => Promise<boolean>;
  textOf: (refusal: unknown) => string;
  onStartAgain: (reason: string | null) => void;
};

const hints = {
  app: "Open the authenticator app on your phone. It shows six digits for OpenClaw Launch, new ones every 30 seconds.",
  recovery: "One of the ten codes that you kept when you turned this on. Each works once.",
};

/** The second step of signing in: one field, for a code of the app or, without it, for a recovery code. */
export function SecondFactorForm({ verify, textOf, onStartAgain }: SecondFactorFormProps) {
  const [kind, setKind] = useState<"app" | "recovery">("app");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const problem = codeProblem(code, kind);
    setError(problem);
    if (problem) return input.current?.select();
    setBusy(true);
    try {
      if (!(await verify(code)))
        onStartAgain("That took longer than ten minutes. Enter your password again.");
    } catch (refusal) {
      setError(textOf(refusal));
      setBusy(false);
      input.current?.select();
    }
  }

  function switchTo(other: "app" | "recovery") {
    setKind(other);
    setCode("");
    setError(null);
    input.current?.focus();
  }

  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label={kind === "app" ? "Code from your app" : "Recovery code"} error={error} hint={hints[kind]}>
        {(control) => (
          <CodeInput
            {...control}
            ref={input}
            kind={kind}
            autoFocus
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" look="primary" className="w-full" busy={busy ? "Checking…" : null}>
        Sign in
      </Button>
      <div className="flex flex-wrap justify-between gap-x-4">
        <Button look="quiet" className="-mx-4" onClick={() => switchTo(kind === "app" ? "recovery" : "app")}>
          {kind === "app" ? "Use a recovery code instead" : "Use the app instead"}
        </Button>
        <Button look="quiet" className="-mx-4" onClick={() => onStartAgain(null)}>
          Start again
        </Button>
      </div>
    </form>
  );
}
