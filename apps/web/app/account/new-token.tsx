import type { createTokenOutput } from "@openclaw-launch/core/tokens/schema";
import { newId } from "@openclaw-launch/sdk/vault/new-id";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { Choice } from "@openclaw-launch/ui/choice";
import { CopyButton } from "@openclaw-launch/ui/copy-button";
import { Field } from "@openclaw-launch/ui/field";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { type FormEvent, useRef, useState } from "react";
import { Refusal } from "~/components/refusal";
import { launch } from "~/launch.client";
import { type Scope, scopeOf, scopes } from "./scopes";
import { useStepUp } from "./step-up";

export type Made = (typeof createTokenOutput)["_output"];

const lifetimes = [
  { value: "7", title: "A week", hint: null },
  { value: "30", title: "A month", hint: null },
  { value: "90", title: "Three months", hint: null },
  { value: "365", title: "A year", hint: null },
];

export function NewToken({ onMade, onCancel }: { onMade: (made: Made) => void; onCancel: () => void }) {
  const prove = useStepUp();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("read");
  const [days, setDays] = useState("30");
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const input = useRef<HTMLInputElement>(null);
  const nameProblem = name.trim() === "" ? "Give it a name, so that you know later what uses it." : null;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setChecked(true);
    setError(null);
    if (nameProblem) return input.current?.focus();
    setBusy(true);
    try {
      const wish = { id: newId(), name, scope, days: Number(days) };
      const made = await prove("make an API token", () => launch.api.apiTokens.create.mutate(wish));
      if (made) onMade(made);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Card title="New API token">
      <form onSubmit={submit} noValidate className="grid gap-5">
        {error !== null && <Refusal title="No token was made" error={error} />}
        <Field
          label="Name"
          hint="What will use it, for example “backup script”."
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
              value={name}
              onBlur={() => setChecked(name !== "")}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <div className="grid gap-1.5">
          <p className="font-medium" aria-hidden>
            It may
          </p>
          <Choice
            label="It may"
            value={scope}
            onChange={(value) => setScope(scopeOf(value))}
            options={scopes}
          />
          <p className="text-[0.9em] text-muted">
            No token reaches your account, its sessions or other tokens, and none opens your vault.
          </p>
        </div>
        <div className="grid gap-1.5">
          <p className="font-medium" aria-hidden>
            It ends after
          </p>
          <Choice label="It ends after" value={days} onChange={setDays} options={lifetimes} columns={2} />
        </div>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" busy={busy ? "Making it…" : null}>
            Make the token
          </Button>
          <Button look="quiet" disabled={busy} onClick={onCancel}>
            Cancel
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** The only time that the secret is shown. */
export function MadeToken({ made, onKept }: { made: Made; onKept: () => void }) {
  return (
    <Card
      title={`Copy the token “${made.token.name}” now`}
      hint="We keep only a hash of it, so we can’t show it again. Whoever has it can use it."
    >
      <p className="flex items-center gap-1 rounded-md bg-sunken py-1.5 pr-1.5 pl-4 font-mono text-[13px]">
        <span className="grow [overflow-wrap:anywhere]">{made.secret}</span>
        <CopyButton text={made.secret} label="Copy the token" />
      </p>
      <p className="mt-3 text-muted">
        Send it as <code className="font-mono text-[0.92em]">Authorization: Bearer …</code>, or hand it to the
        SDK: <code className="font-mono text-[0.92em]">createLaunch({"{ url, token }"})</code>
      </p>
      <Button look="primary" className="mt-4" onClick={onKept}>
        I have copied it
      </Button>
    </Card>
  );
}
