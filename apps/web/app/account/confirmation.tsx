import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { Button } from "@openclaw-launch/ui/button";
import { Notice } from "@openclaw-launch/ui/notice";
import { WaitForCode } from "@openclaw-launch/ui/wait-for-code";
import { Link } from "@remix-run/react";
import { type ReactNode, useState } from "react";
import { textOfError } from "~/errors";
import { useMailedToken } from "./mailed-token";
import { Outcome } from "./outcome";

type ConfirmationProps = {
  title: string;
  subtitle: string;
  button: string;
  confirm: (token: string) => Promise<unknown>;
  done: { title: string; text: ReactNode };
  /** How to get another link. */
  expired: string;
  textOf?: (refusal: unknown) => string;
};

/** What a link in a mail confirms. A button does it: programs that look into mails follow links, but press nothing. */
export function Confirmation(props: ConfirmationProps) {
  const { title, subtitle, button, confirm, done, expired, textOf = textOfError } = props;
  const token = useMailedToken();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<"done" | "expired" | null>(null);

  async function press(carried: string) {
    setBusy(true);
    setError(null);
    try {
      await confirm(carried);
      setOutcome("done");
    } catch (refusal) {
      if (toLaunchError(refusal).code === "auth.link-expired") setOutcome("expired");
      else setError(textOf(refusal));
      setBusy(false);
    }
  }

  if (outcome === "done") {
    return (
      <Outcome
        title={done.title}
        actions={
          <Button look="primary" asChild>
            <Link to="/assistants">Go to your assistants</Link>
          </Button>
        }
      >
        <p>{done.text}</p>
      </Outcome>
    );
  }
  if (outcome === "expired" || token === null) {
    return (
      <Outcome
        title={outcome ? "This link works no more" : "A part of the link is missing"}
        actions={
          <Button look="primary" asChild>
            <Link to="/settings">Go to your profile</Link>
          </Button>
        }
      >
        <p>
          {outcome
            ? "It was used already, is too old, or a newer one took its place."
            : "Open it from the mail again, or copy it whole."}{" "}
          {expired}
        </p>
      </Outcome>
    );
  }
  return (
    <AccountFrame product="OpenClaw Launch" title={title} subtitle={subtitle}>
      {error && (
        <Notice tone="bad" title="Nothing was changed">
          {error}
        </Notice>
      )}
      <div className="grid gap-4">
        <Button
          look="primary"
          disabled={!token}
          busy={busy ? "Confirming…" : null}
          onClick={() => token && void press(token)}
        >
          {button}
        </Button>
        <WaitForCode />
      </div>
    </AccountFrame>
  );
}
