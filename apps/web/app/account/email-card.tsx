import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { Field } from "@openclaw-launch/ui/field";
import { Notice } from "@openclaw-launch/ui/notice";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { useToast } from "@openclaw-launch/ui/toast";
import { type FormEvent, useRef, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { useFreshOnReturn } from "./fresh-on-return";
import { MailboxNote } from "./mailbox-note";
import { useStepUp } from "./step-up";

type EmailCardProps = { email: string; confirmedAt: Date | null };

/** The address of the account: whether its owner has shown that they read it, and how another takes its place. */
export function EmailCard({ email, confirmedAt }: EmailCardProps) {
  const [changing, setChanging] = useState(false);
  const [asked, setAsked] = useState<string | null>(null);
  const pending = asked !== null && asked.toLowerCase() !== email;
  useFreshOnReturn();

  function conclude(newEmail: string) {
    setChanging(false);
    setAsked(newEmail);
  }

  return (
    <Card
      title="E-mail address"
      hint="You sign in with it, and we write to it when something about your account changes."
      actions={!changing && <Button onClick={() => setChanging(true)}>Change e-mail</Button>}
    >
      <div className="grid gap-4">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium [overflow-wrap:anywhere]">{email}</span>
          {confirmedAt ? (
            <>
              <StateBadge tone="ok" label="Confirmed" />
              <span className="text-muted">
                <RelativeTime date={confirmedAt} />
              </span>
            </>
          ) : (
            <StateBadge tone="warn" label="Not confirmed" />
          )}
        </p>
        {!confirmedAt && !changing && <Unconfirmed email={email} />}
        {pending && (
          <Notice tone="info" title="Your new address isn’t used yet">
            We sent a link to <span className="[overflow-wrap:anywhere]">{asked}</span>. Open it within 24
            hours to use that address from then on. Until you do, nothing changes.
          </Notice>
        )}
        {changing && <ChangeForm email={email} onAsked={conclude} onCancel={() => setChanging(false)} />}
        {(!confirmedAt || changing || pending) && <MailboxNote />}
      </div>
    </Card>
  );
}

function Unconfirmed({ email }: { email: string }) {
  const toast = useToast();
  const [busy, setBusy] = useState(false);

  async function send() {
    setBusy(true);
    try {
      await launch.api.auth.email.sendVerification.mutate({});
      toast({ tone: "ok", text: `A new link is on its way to ${email}.` });
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="max-w-prose">
        We mailed you a link: open it to show that this mailbox is yours. Then we can help you back in when
        you forget your password. A link works for a day.
      </p>
      <Button busy={busy ? "Sending…" : null} onClick={() => void send()}>
        Send the link again
      </Button>
    </div>
  );
}

type ChangeFormProps = { email: string; onAsked: (newEmail: string) => void; onCancel: () => void };

function ChangeForm({ email, onAsked, onCancel }: ChangeFormProps) {
  const prove = useStepUp();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const newEmail = typed.trim();
    const isSame = newEmail.toLowerCase() === email;
    setError(isSame ? "This is your address already." : null);
    if (isSame) return input.current?.select();
    setBusy(true);
    try {
      const change = () => launch.api.auth.email.requestChange.mutate({ email: newEmail });
      if (await prove("change your e-mail address", change)) onAsked(newEmail);
      else setBusy(false);
    } catch (refusal) {
      setError(textOfError(refusal));
      setBusy(false);
      input.current?.select();
    }
  }

  return (
    <form onSubmit={submit} className="grid max-w-sm gap-4">
      <Field
        label="New e-mail address"
        error={error}
        hint="We mail a link to it. Nothing changes until you open that. We also tell your current address."
      >
        {(control) => (
          <TextInput
            {...control}
            ref={input}
            type="email"
            autoComplete="email"
            required
            autoFocus
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" busy={busy ? "Sending…" : null}>
          Send the link
        </Button>
        <Button look="quiet" disabled={busy} onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
