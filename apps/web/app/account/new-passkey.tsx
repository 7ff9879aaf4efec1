import { Button } from "@openclaw-launch/ui/button";
import { Field } from "@openclaw-launch/ui/field";
import { Notice } from "@openclaw-launch/ui/notice";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { type FormEvent, useRef, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { nameOfThisDevice } from "./name-of-this-device";
import { useStepUp } from "./step-up";

type NewPasskeyProps = {
  /** Taken already. */
  names: readonly string[];
  passwordAlone: boolean;
  onAdded: (name: string, codes: readonly string[] | null) => void;
  onCancel: () => void;
};

export function NewPasskey({ names, passwordAlone, onAdded, onCancel }: NewPasskeyProps) {
  const prove = useStepUp();
  const [typed, setTyped] = useState(() => nameOfThisDevice(navigator.userAgent, names));
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const name = typed.trim();
  const nameProblem = name === "" ? "Give it a name, so that you know later which one it is." : null;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setChecked(true);
    setError(null);
    if (nameProblem) return input.current?.focus();
    setBusy(true);
    try {
      const added = await prove("add a passkey", () => launch.addPasskey({ name }));
      if (added) onAdded(name, added.codes);
    } catch (refusal) {
      setError(textOfError(refusal));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} noValidate className="mt-3 grid gap-4 border-t border-line pt-4 first:mt-0">
      {error && (
        <Notice tone="bad" title="No passkey was added">
          {error}
        </Notice>
      )}
      <Field
        label="Name"
        hint="Where it is kept, for example “work laptop”. Next, your browser asks where and how to keep it."
        error={checked ? nameProblem : null}
      >
        {(control) => (
          <TextInput
            {...control}
            ref={input}
            autoFocus
            autoComplete="off"
            maxLength={60}
            className="max-w-sm"
            value={typed}
            onFocus={(event) => event.target.select()}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      {passwordAlone && (
        <Notice tone="info">
          From then on, your password alone no longer signs you in: after it, you are asked for the passkey.
          You get recovery codes for when it is lost.
        </Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" busy={busy ? "Waiting for your device…" : null}>
          Make the passkey
        </Button>
        <Button look="quiet" disabled={busy} onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
