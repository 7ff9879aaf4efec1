import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { Button } from "@openclaw-launch/ui/button";
import { CodeInput, codeProblem } from "@openclaw-launch/ui/code-input";
import { Dialog } from "@openclaw-launch/ui/dialog";
import { Field } from "@openclaw-launch/ui/field";
import { PasswordInput } from "@openclaw-launch/ui/password-input";
import {
  createContext,
  type FormEvent,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
} from "react";
import { textOfPasswordError } from "~/errors";
import { launch } from "~/launch.client";

/**
 * Does what the server allows only shortly after the owner showed that it is them: when it asks for that, so does a dialog, and then
 * it is done. Null when the owner decided otherwise. `purpose` completes "To …".
 */
type Prove = <T extends object>(purpose: string, action: () => Promise<T>) => Promise<T | null>;

const Context = createContext<Prove>(async (_purpose, action) => action());
export const useStepUp = () => useContext(Context);

type Question = { purpose: string; answer: (proven: boolean) => void };

/** One dialog for everything that is dangerous, wherever it is done. */
export function StepUpProvider({ email, children }: { email: string; children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null);

  const prove: Prove = useCallback(async (purpose, action) => {
    try {
      return await action();
    } catch (error) {
      if (toLaunchError(error).code !== "auth.step-up-required") throw error;
      const proven = await new Promise<boolean>((answer) => setQuestion({ purpose, answer }));
      return proven ? await action() : null;
    }
  }, []);

  function conclude(proven: boolean) {
    question?.answer(proven);
    setQuestion(null);
  }

  return (
    <Context.Provider value={prove}>
      {children}
      <Dialog
        open={question !== null}
        onOpenChange={(open) => !open && conclude(false)}
        title="Show that it’s you"
        description={`To ${question?.purpose}. We ask again because you signed in more than ten minutes ago.`}
      >
        <ProofForm email={email} onProven={() => conclude(true)} />
      </Dialog>
    </Context.Provider>
  );
}

type Means = "password" | "app";

function ProofForm({ email, onProven }: { email: string; onProven: () => void }) {
  const { means, others, choose } = useMeans();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const problem = means === "app" ? codeProblem(typed, "app") : null;
    setError(problem);
    if (problem) return input.current?.select();
    setBusy(true);
    try {
      await launch.stepUp(means === "app" ? { code: typed } : { password: typed });
      onProven();
    } catch (refusal) {
      setError(textOfPasswordError(refusal));
      setBusy(false);
      input.current?.select();
    }
  }

  function change(other: Means) {
    choose(other);
    setTyped("");
    setError(null);
    input.current?.focus();
  }

  const shared = { ref: input, autoFocus: true, required: true, value: typed };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      {means === "password" ? (
        <Field
          key="password"
          label="Password"
          error={error}
          hint="It stays in this browser: only a key made from it is sent."
        >
          {(control) => (
            <PasswordInput
              {...control}
              {...shared}
              autoComplete="current-password"
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      ) : (
        <Field
          key="app"
          label="Code from your app"
          error={error}
          hint="The six digits that it shows for OpenClaw Launch."
        >
          {(control) => (
            <CodeInput {...control} {...shared} onChange={(event) => setTyped(event.target.value)} />
          )}
        </Field>
      )}
      <div className="flex flex-col-reverse gap-2 md:flex-row md:items-center md:justify-between">
        {others.map((other) => (
          <Button key={other} look="quiet" className="md:-ml-4" onClick={() => change(other)}>
            {other === "app" ? "Use a code instead" : "Use the password instead"}
          </Button>
        ))}
        <Button type="submit" look="primary" className="md:ml-auto" busy={busy ? "Checking…" : null}>
          Go on
        </Button>
      </div>
    </form>
  );
}

/** What this account can show: the password at once, the rest once the server has said what there is. */
function useMeans() {
  const [possible, setPossible] = useState<readonly Means[]>(["password"]);
  const [chosen, choose] = useState<Means>("password");
  useEffect(() => {
    let gone = false;
    launch.api.auth.protection.query({}).then(
      ({ hasPassword, totpSince }) =>
        !gone &&
        setPossible([...(hasPassword ? ["password" as const] : []), ...(totpSince ? ["app" as const] : [])]),
      () => undefined, // the password is asked all the same
    );
    return () => {
      gone = true;
    };
  }, []);
  const means = possible.includes(chosen) ? chosen : (possible[0] ?? "password");
  return { means, others: possible.filter((other) => other !== means), choose };
}
