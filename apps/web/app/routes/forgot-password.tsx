import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { Button } from "@openclaw-launch/ui/button";
import { useDraft } from "@openclaw-launch/ui/draft";
import { Field } from "@openclaw-launch/ui/field";
import { useHydrated } from "@openclaw-launch/ui/hydrated";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { WaitForCode } from "@openclaw-launch/ui/wait-for-code";
import { Link } from "@remix-run/react";
import { type FormEvent, useState } from "react";
import { MailboxNote } from "~/account/mailbox-note";
import { Outcome } from "~/account/outcome";
import { Refusal } from "~/components/refusal";
import { launch } from "~/launch.client";

export const meta = () => [{ title: "Forgot your password? · OpenClaw Launch" }];

export default function ForgotPassword() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  return sentTo === null ? (
    <AccountFrame
      product="OpenClaw Launch"
      title="Forgot your password?"
      subtitle="We mail you a link with which you choose a new one. Until you do, nothing changes."
      footer={
        <>
          Remembered it?{" "}
          <Link to="/sign-in" className="text-text underline underline-offset-4">
            Sign in
          </Link>
        </>
      }
    >
      <RequestForm onSent={setSentTo} />
    </AccountFrame>
  ) : (
    <Sent email={sentTo} onAgain={() => setSentTo(null)} />
  );
}

function RequestForm({ onSent }: { onSent: (email: string) => void }) {
  const hydrated = useHydrated();
  const [{ email }, change] = useDraft("account", () => ({ email: "" }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await launch.api.auth.password.requestReset.mutate({ email });
      onSent(email);
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      {error !== null && <Refusal title="No mail was sent" error={error} />}
      <Field label="E-mail" hint="The one that you sign in with.">
        {(control) => (
          <TextInput
            {...control}
            type="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={(event) => change({ email: event.target.value })}
          />
        )}
      </Field>
      <Button
        type="submit"
        look="primary"
        className="w-full"
        disabled={!hydrated}
        busy={busy ? "Sending…" : null}
      >
        Send the link
      </Button>
      <WaitForCode />
    </form>
  );
}

/** The same whether there is such an account or not: who has one is nobody else's business. */
function Sent({ email, onAgain }: { email: string; onAgain: () => void }) {
  return (
    <Outcome
      title="Look into your mailbox"
      actions={
        <>
          <Button onClick={onAgain}>Try again or with another address</Button>
          <Button look="quiet" asChild>
            <Link to="/sign-in">Back to sign-in</Link>
          </Button>
        </>
      }
    >
      <p>
        If there is an account for <strong className="font-medium [overflow-wrap:anywhere]">{email}</strong>,
        a mail with a link is on its way there. The link works once, within an hour.
      </p>
      <p className="text-muted">
        Nothing after a few minutes? Look into the spam folder, and check how the address is written.
      </p>
      <MailboxNote />
    </Outcome>
  );
}
