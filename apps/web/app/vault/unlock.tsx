import { WorkerIdentityChanged } from "@openclaw-launch/sdk/errors";
import { Button } from "@openclaw-launch/ui/button";
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
import { FirstPassword } from "~/account/first-password";
import { textOfPasswordError } from "~/errors";
import { launch } from "~/launch.client";
import { MachineQuestion } from "./machine-question";

type Vault = {
  unlocked: boolean;
  /** Asks for the password when the vault is locked. False when the owner decided otherwise. */
  unlock: (purpose: string) => Promise<boolean>;
  /** Saves the configuration, seals it to the machine and launches. False when the owner doesn't trust that machine. */
  deploy: (deployment: Deployment) => Promise<boolean>;
};

type Deployment = Parameters<typeof launch.instances.deploy>[0];

const Context = createContext<Vault>({
  unlocked: false,
  unlock: async () => false,
  deploy: async () => false,
});
export const useVault = () => useContext(Context);

type MachineChange = { change: WorkerIdentityChanged; answer: (trusted: boolean) => void };
type Question = { purpose: string; hasPassword: boolean; answer: (unlocked: boolean) => void };

/** The vault is unlocked by the password, in place, wherever it is needed. */
export function VaultProvider({ email, children }: { email: string; children: ReactNode }) {
  const [unlocked, setUnlocked] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const [machine, setMachine] = useState<MachineChange | null>(null);

  useEffect(() => {
    setUnlocked(launch.unlocked);
    return launch.onLockChange(setUnlocked);
  }, []);

  const unlock = useCallback(async (purpose: string): Promise<boolean> => {
    if (launch.unlocked) return true;
    const hasPassword = await launch.api.auth.protection.query({}).then(
      (protection) => protection.hasPassword,
      () => true, // nearly everybody has one
    );
    return new Promise((answer) => setQuestion({ purpose, hasPassword, answer }));
  }, []);

  const deploy = useCallback(async (deployment: Deployment): Promise<boolean> => {
    try {
      await launch.instances.deploy(deployment);
      return true;
    } catch (error) {
      if (!(error instanceof WorkerIdentityChanged)) throw error;
      const trusted = await new Promise<boolean>((answer) => setMachine({ change: error, answer }));
      if (!trusted) return false;
      await launch.vault.trustWorker(error.hostId, error.offered);
      await launch.instances.deploy(deployment);
      return true;
    }
  }, []);

  function conclude(result: boolean) {
    question?.answer(result);
    setQuestion(null);
  }

  function concludeMachine(trusted: boolean) {
    machine?.answer(trusted);
    setMachine(null);
  }

  return (
    <Context.Provider value={{ unlocked, unlock, deploy }}>
      {children}
      <MachineQuestion change={machine?.change ?? null} onAnswer={concludeMachine} />
      <Dialog
        open={question !== null}
        onOpenChange={(open) => !open && conclude(false)}
        title={question?.hasPassword === false ? "Set a password for your vault" : "Unlock your vault"}
        description={question?.hasPassword === false ? withoutPassword : question?.purpose}
      >
        {question?.hasPassword === false ? (
          <FirstPassword email={email} onSet={() => conclude(true)} />
        ) : (
          <UnlockForm email={email} onUnlocked={() => conclude(true)} />
        )}
      </Dialog>
    </Context.Provider>
  );
}

const withoutPassword =
  "The settings of your assistants are encrypted in your browser, with a password that only you know. Your account has none yet.";

function UnlockForm({ email, onUnlocked }: { email: string; onUnlocked: () => void }) {
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await launch.unlock({ password });
      onUnlocked();
    } catch (refusal) {
      setError(textOfPasswordError(refusal));
      setBusy(false);
      input.current?.select();
    }
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <Field
        label="Password"
        error={error}
        hint="It stays in this browser: it opens your vault here and is never sent."
      >
        {(control) => (
          <PasswordInput
            {...control}
            ref={input}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" look="primary" busy={busy ? "Unlocking…" : null}>
        Unlock
      </Button>
    </form>
  );
}
