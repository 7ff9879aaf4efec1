import { Button } from "@openclaw-launch/ui/button";
import { Dialog } from "@openclaw-launch/ui/dialog";
import { Field } from "@openclaw-launch/ui/field";
import { PasswordInput } from "@openclaw-launch/ui/password-input";
import { useRouteLoaderData } from "@remix-run/react";
import { type FormEvent, useRef, useState } from "react";
import { stepUp } from "~/account.client";
import { textOfPasswordError } from "~/errors";
import type { loader } from "~/routes/_app";

type StepUpDialogProps = {
  open: boolean;
  /** Completes "To …". */
  purpose: string;
  onProven: () => void;
  onClose: () => void;
};

/** Asks who signed in a while ago for the password again: what is dangerous takes one of the last ten minutes. */
export function StepUpDialog({ open, purpose, onProven, onClose }: StepUpDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onClose}
      title="Show that it’s you"
      description={`To ${purpose}. We ask again because you signed in more than ten minutes ago.`}
    >
      <PasswordForm onProven={onProven} />
    </Dialog>
  );
}

function PasswordForm({ onProven }: { onProven: () => void }) {
  const email = useRouteLoaderData<typeof loader>("routes/_app")?.email ?? "";
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await stepUp({ email, password });
      onProven();
    } catch (refusal) {
      setError(textOfPasswordError(refusal));
      setBusy(false);
      input.current?.select();
    }
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <Field label="Password" error={error} hint="It stays in this browser: only a key made from it is sent.">
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
      <div className="flex flex-col md:flex-row md:justify-end">
        <Button type="submit" look="primary" busy={busy ? "Checking…" : null}>
          Go on
        </Button>
      </div>
    </form>
  );
}
