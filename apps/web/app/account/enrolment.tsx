import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { CodeInput, codeProblem } from "@openclaw-launch/ui/code-input";
import { CopyButton } from "@openclaw-launch/ui/copy-button";
import { Field } from "@openclaw-launch/ui/field";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { textOfError } from "~/errors";
import { QrCode } from "./qr-code";

export type Offer = { secret: string; uri: string };

type EnrolmentProps = {
  offer: Offer;
  /** Turns it on; rejects with a refusal. */
  confirm: (code: string) => Promise<void>;
  onCancel: () => void;
};

/** From no app to a confirmed one, in three steps that stay visible. */
export function Enrolment({ offer, confirm, onCancel }: EnrolmentProps) {
  const { secret, uri } = offer;
  return (
    <Card
      title="Set up two-step sign-in"
      actions={
        <Button size="small" look="quiet" onClick={onCancel}>
          Cancel
        </Button>
      }
    >
      <ol className="grid gap-6">
        <Step number={1} title="Get an authenticator app">
          <p className="text-muted">
            Many password managers are one. Else install Aegis, 2FAS, Google Authenticator or Microsoft
            Authenticator on your phone.
          </p>
        </Step>
        <Step number={2} title="Add OpenClaw Launch to it">
          <div className="grid gap-4 sm:grid-cols-[auto_minmax(0,1fr)] sm:items-center sm:gap-6">
            <QrCode text={uri} label="QR code for your authenticator app" />
            <div className="grid gap-3">
              <p className="text-muted">In the app, tap “+” and scan this picture.</p>
              <p className="text-muted md:hidden">
                Is the app on this phone?{" "}
                <a href={uri} className="text-text underline underline-offset-4">
                  Open it
                </a>
              </p>
              <dl>
                <dt className="text-muted">Can’t scan? Type this key instead:</dt>
                <dd className="flex items-center gap-1 font-mono text-[13px]">
                  <span className="[overflow-wrap:anywhere]">{secret.match(/.{1,4}/g)?.join(" ")}</span>
                  <CopyButton text={secret} label="Copy the key" />
                </dd>
              </dl>
            </div>
          </div>
        </Step>
        <Step number={3} title="Type the six digits that it shows">
          <ConfirmForm confirm={confirm} />
        </Step>
      </ol>
    </Card>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <li className="flex gap-3">
      <span
        aria-hidden
        className="flex size-6 shrink-0 items-center justify-center rounded-full border border-control text-xs font-semibold text-muted"
      >
        {number}
      </span>
      <div className="grid min-w-0 grow gap-2">
        <h3 className="pt-0.5 font-medium">{title}</h3>
        {children}
      </div>
    </li>
  );
}

function ConfirmForm({ confirm }: Pick<EnrolmentProps, "confirm">) {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const problem = codeProblem(code, "app");
    setError(problem);
    if (problem) return input.current?.select();
    setBusy(true);
    try {
      await confirm(code);
    } catch (refusal) {
      setError(textOfError(refusal));
      input.current?.select();
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} noValidate className="grid max-w-sm gap-3">
      <Field
        label="Code"
        error={error}
        hint="A new one comes every 30 seconds; any that is shown now is fine."
      >
        {(control) => (
          <CodeInput
            {...control}
            ref={input}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" look="primary" className="justify-self-start" busy={busy ? "Checking…" : null}>
        Turn on
      </Button>
    </form>
  );
}
