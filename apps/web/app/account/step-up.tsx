import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { Button } from "@openclaw-launch/ui/button";
import { CodeInput, codeProblem } from "@openclaw-launch/ui/code-input";
import { Dialog } from "@openclaw-launch/ui/dialog";
import { Field } from "@openclaw-launch/ui/field";
import { Notice } from "@openclaw-launch/ui/notice";
import { PasswordInput } from "@openclaw-launch/ui/password-input";
import { useLocation } from "@remix-run/react";
import { Fingerprint } from "lucide-react";
import {
  createContext,
  type FormEvent,
  type ReactNode,
  useCallback,
  useContext,
  useRef,
  useState,
} from "react";
import { textOfPasswordError } from "~/errors";
import { launch } from "~/launch.client";
import { leaveForProvider, type Provider } from "./leave-for-provider";
import { type Means, meansOfAccount } from "./means";
import { providerNames } from "./provider";

/**
 * Does what the server allows only shortly after the owner showed that it is them: when it asks for that, so does a dialog, and then
 * it is done. Null when the owner decided otherwise. `purpose` completes "To …".
 */
type Prove = <T extends object>(purpose: string, action: () => Promise<T>) => Promise<T | null>;

const Context = createContext<Prove>(async (_purpose, action) => action());
export const useStepUp = () => useContext(Context);

type Question = { purpose: string; means: readonly Means[]; answer: (proven: boolean) => void };

/** One dialog for everything that is dangerous, wherever it is done. */
export function StepUpProvider({ email, children }: { email: string; children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null);

  const prove: Prove = useCallback(async (purpose, action) => {
    try {
      return await action();
    } catch (error) {
      if (toLaunchError(error).code !== "auth.step-up-required") throw error;
      const means = await meansOfAccount();
      const proven = await new Promise<boolean>((answer) => setQuestion({ purpose, means, answer }));
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
        description={`To ${question?.purpose}. We ask for this unless you showed it in the last ten minutes.`}
      >
        {question && <Proof email={email} means={question.means} onProven={() => conclude(true)} />}
      </Dialog>
    </Context.Provider>
  );
}

const changes: Record<Means, string> = {
  password: "Use the password instead",
  passkey: "Use a passkey instead",
  app: "Use a code instead",
  google: "Use Google instead",
  github: "Use GitHub instead",
};

type ProofProps = { email: string; means: readonly Means[]; onProven: () => void };

/** One question, for the first of what the account has, and what else would do. */
function Proof({ email, means, onProven }: ProofProps) {
  const [chosen, choose] = useState(means[0] ?? "password");
  const others = means
    .filter((other) => other !== chosen)
    .map((other) => (
      <Button key={other} look="quiet" className="md:-ml-4" onClick={() => choose(other)}>
        {changes[other]}
      </Button>
    ));
  if (chosen === "passkey") return <PasskeyProof others={others} onProven={onProven} />;
  if (chosen === "password" || chosen === "app")
    return <TypedProof key={chosen} means={chosen} email={email} others={others} onProven={onProven} />;
  return <ProviderProof key={chosen} provider={chosen} others={others} />;
}

/** What goes on is the last thing to see and the first to reach. */
function Actions({ others, children }: { others: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-col-reverse gap-2 md:flex-row md:items-end md:justify-between">
      <div className="grid md:justify-items-start">{others}</div>
      {children}
    </div>
  );
}

type TypedProofProps = {
  means: "password" | "app";
  email: string;
  others: ReactNode;
  onProven: () => void;
};

function TypedProof({ means, email, others, onProven }: TypedProofProps) {
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

  const shared = { ref: input, autoFocus: true, required: true, value: typed };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      {means === "password" ? (
        <Field
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
          label="Code from your app"
          error={error}
          hint="The six digits that it shows for OpenClaw Launch."
        >
          {(control) => (
            <CodeInput {...control} {...shared} onChange={(event) => setTyped(event.target.value)} />
          )}
        </Field>
      )}
      <Actions others={others}>
        <Button type="submit" look="primary" busy={busy ? "Checking…" : null}>
          Go on
        </Button>
      </Actions>
    </form>
  );
}

type AskedProofProps = {
  /** What happens when it is asked. */
  text: string;
  button: ReactNode;
  waiting: string;
  /** Rejects with a refusal. */
  ask: () => Promise<void>;
  others: ReactNode;
};

/** Where nothing is typed: something else asks the owner. */
function AskedProof({ text, button, waiting, ask, others }: AskedProofProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function go() {
    setBusy(true);
    setError(null);
    await ask().catch((refusal: unknown) => setError(textOfPasswordError(refusal)));
    setBusy(false);
  }

  return (
    <div className="grid gap-4">
      {error && (
        <Notice tone="bad" title="That didn’t work">
          {error}
        </Notice>
      )}
      <p className="text-pretty">{text}</p>
      <Actions others={others}>
        <Button look="primary" autoFocus busy={busy ? waiting : null} onClick={() => void go()}>
          {button}
        </Button>
      </Actions>
    </div>
  );
}

function PasskeyProof({ others, onProven }: { others: ReactNode; onProven: () => void }) {
  return (
    <AskedProof
      text="Your device asks for your fingerprint, your face or its PIN."
      button={
        <>
          <Fingerprint size={18} aria-hidden />
          Use your passkey
        </>
      }
      waiting="Waiting for your passkey…"
      ask={async () => {
        await launch.stepUp("passkey");
        onProven();
      }}
      others={others}
    />
  );
}

/** The page is left for it, and what was begun on it with it. */
function ProviderProof({ provider, others }: { provider: Provider; others: ReactNode }) {
  const { pathname, search } = useLocation();
  const name = providerNames[provider];
  return (
    <AskedProof
      text={`You sign in at ${name} and come back to this page. Then do again what you wanted to do: for ten minutes we won’t ask.`}
      button={`Go on to ${name}`}
      waiting={`Going to ${name}…`}
      ask={() => leaveForProvider(provider, "step_up", pathname + search)}
      others={others}
    />
  );
}
