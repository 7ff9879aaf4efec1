import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { Button } from "@openclaw-launch/ui/button";
import { Notice } from "@openclaw-launch/ui/notice";
import { WaitForCode } from "@openclaw-launch/ui/wait-for-code";
import { Link, useLocation, useNavigate } from "@remix-run/react";
import { type ReactNode, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { useMailedToken } from "./mailed-token";
import { Outcome } from "./outcome";

type ConfirmationProps = {
  signedIn: boolean;
  title: string;
  subtitle: ReactNode;
  button: string;
  confirm: (token: string) => Promise<unknown>;
  done: { title: string; text: ReactNode };
  /** How to get another link. */
  expired: string;
  textOf?: (refusal: unknown) => string;
};

type Stage = "open" | "signed-out" | "foreign" | "expired" | "done";
const stages: Partial<Record<string, Stage>> = {
  "auth.required": "signed-out",
  "auth.second-factor-required": "signed-out",
  "auth.link-foreign": "foreign",
  "auth.link-expired": "expired",
};

/**
 * What a link in a mail confirms, for the account that is signed in. A button does it: programs that look into mails follow links, but
 * press nothing.
 */
export function Confirmation(props: ConfirmationProps) {
  const { signedIn, title, subtitle, button, confirm, done, expired, textOf = textOfError } = props;
  const token = useMailedToken();
  const [stage, setStage] = useState<Stage>(signedIn ? "open" : "signed-out");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function press(carried: string) {
    setBusy(true);
    setError(null);
    try {
      await confirm(carried);
      setStage("done");
    } catch (refusal) {
      const next = stages[toLaunchError(refusal).code];
      if (next) setStage(next);
      else setError(textOf(refusal));
      setBusy(false);
    }
  }

  if (stage === "done") {
    return (
      <Outcome title={done.title} actions={<WayOn to="/assistants">Go to your assistants</WayOn>}>
        <p>{done.text}</p>
      </Outcome>
    );
  }
  if (stage === "expired" || token === null) {
    return (
      <Outcome
        title={token === null ? "A part of the link is missing" : "This link no longer works"}
        actions={<WayOn to="/settings">Go to your profile</WayOn>}
      >
        <p>
          {token === null
            ? "Open it from the mail again, or copy it whole."
            : "It was used already, is too old, or a newer one took its place."}{" "}
          {expired}
        </p>
      </Outcome>
    );
  }
  if (stage === "foreign") return <ForAnotherAccount />;
  if (stage === "signed-out") return <SignInFirst title={title} />;
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

const WayOn = ({ to, children }: { to: string; children: ReactNode }) => (
  <Button look="primary" asChild>
    <Link to={to}>{children}</Link>
  </Button>
);

/** Without leaving this page's code: it is all that knows what the link carried. */
const useSignInAddress = () => `/sign-in?to=${encodeURIComponent(useLocation().pathname)}`;

function SignInFirst({ title }: { title: string }) {
  return (
    <Outcome title={title} actions={<WayOn to={useSignInAddress()}>Sign in</WayOn>}>
      <p>Sign in first. You come back here, and the link keeps working.</p>
      <p className="text-muted">
        You have no account here? Then somebody mistyped an address: leave it, and nothing happens.
      </p>
      <WaitForCode />
    </Outcome>
  );
}

function ForAnotherAccount() {
  const signInAddress = useSignInAddress();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function change() {
    setBusy(true);
    try {
      await launch.signOut();
      navigate(signInAddress);
    } catch (refusal) {
      setError(textOfError(refusal));
      setBusy(false);
    }
  }

  return (
    <Outcome
      title="This link is for another account"
      actions={
        <>
          <Button look="primary" busy={busy ? "Signing out…" : null} onClick={() => void change()}>
            Sign in with the other one
          </Button>
          <Button look="quiet" asChild>
            <Link to="/assistants">Leave it</Link>
          </Button>
        </>
      }
    >
      {error && <Notice tone="bad">{error}</Notice>}
      <p>You are signed in with another account than the one that it was made for. Nothing was changed.</p>
    </Outcome>
  );
}
