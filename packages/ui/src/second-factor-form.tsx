import { Fingerprint } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { CodeInput, codeProblem } from "./code-input.tsx";
import { Field } from "./field.tsx";
import { Notice } from "./notice.tsx";

export type SecondFactor = "passkey" | "totp" | "recovery-code";
type CodeFactor = Exclude<SecondFactor, "passkey">;

type SecondFactorFormProps = {
  /** What it completes, as a button says it. */
  action?: string;
  /** What the account has, the best first. */
  factors?: readonly SecondFactor[];
  /** Completes the sign-in and leads on; rejects with a refusal. False when it was begun too long ago. */
  verify: (code: string) => Promise<boolean>;
  /** The same with a passkey. */
  verifyPasskey?: (() => Promise<boolean>) | undefined;
  /** What holds after a refusal, and why. */
  titleOf?: (refusal: unknown) => string;
  textOf: (refusal: unknown) => string;
  onStartAgain: (reason: string | null) => void;
};

const changes: Record<SecondFactor, string> = {
  passkey: "Use a passkey instead",
  totp: "Use the app instead",
  "recovery-code": "Use a recovery code instead",
};

/** The second step of signing in, or of what else takes one: one question, for the best that the account has, and what else would do. */
export function SecondFactorForm({
  action = "Sign in",
  factors = ["totp", "recovery-code"],
  verify,
  verifyPasskey,
  titleOf = () => "You are not signed in yet",
  textOf,
  onStartAgain,
}: SecondFactorFormProps) {
  const [chosen, choose] = useState<SecondFactor>(factors[0] ?? "recovery-code");

  async function complete(verified: Promise<boolean>) {
    if (!(await verified)) onStartAgain("That took longer than ten minutes. Sign in again.");
  }

  return (
    <div className="grid gap-4">
      {chosen === "passkey" ? (
        <PasskeyStep
          verify={async () => verifyPasskey && complete(verifyPasskey())}
          titleOf={titleOf}
          textOf={textOf}
        />
      ) : (
        <CodeStep
          key={chosen}
          action={action}
          factor={chosen}
          verify={(code) => complete(verify(code))}
          textOf={textOf}
        />
      )}
      <div className="flex flex-wrap justify-between gap-x-4">
        {factors
          .filter((factor) => factor !== chosen)
          .map((factor) => (
            <Button key={factor} look="quiet" className="-mx-4" onClick={() => choose(factor)}>
              {changes[factor]}
            </Button>
          ))}
        <Button look="quiet" className="-mx-4" onClick={() => onStartAgain(null)}>
          Start again
        </Button>
      </div>
    </div>
  );
}

type PasskeyStepProps = {
  verify: () => Promise<void>;
  titleOf: (refusal: unknown) => string;
  textOf: (refusal: unknown) => string;
};

function PasskeyStep({ verify, titleOf, textOf }: PasskeyStepProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ title: string; text: string } | null>(null);

  async function ask() {
    setBusy(true);
    setProblem(null);
    try {
      await verify();
    } catch (refusal) {
      setProblem({ title: titleOf(refusal), text: textOf(refusal) });
      setBusy(false);
    }
  }

  return (
    <>
      {problem && (
        <Notice tone="bad" title={problem.title}>
          {problem.text}
        </Notice>
      )}
      <p className="text-pretty">Your device asks for your fingerprint, your face or its PIN.</p>
      <Button
        look="primary"
        className="w-full"
        autoFocus
        busy={busy ? "Waiting for your passkey…" : null}
        onClick={() => void ask()}
      >
        <Fingerprint size={18} aria-hidden />
        Use your passkey
      </Button>
    </>
  );
}

const questions: Record<CodeFactor, { label: string; hint: string; kind: "app" | "recovery" }> = {
  totp: {
    label: "Code from your app",
    hint: "Open the authenticator app on your phone. It shows six digits for OpenClaw Launch, new ones every 30 seconds.",
    kind: "app",
  },
  "recovery-code": {
    label: "Recovery code",
    hint: "One of the ten codes that you kept when you turned this on. Each works once.",
    kind: "recovery",
  },
};

type CodeStepProps = {
  action: string;
  factor: CodeFactor;
  verify: (code: string) => Promise<void>;
  textOf: (refusal: unknown) => string;
};

function CodeStep({ action, factor, verify, textOf }: CodeStepProps) {
  const { label, hint, kind } = questions[factor];
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
      await verify(code);
    } catch (refusal) {
      setError(textOf(refusal));
      setBusy(false);
      input.current?.select();
    }
  }

  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label={label} error={error} hint={hint}>
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
        {action}
      </Button>
    </form>
  );
}
