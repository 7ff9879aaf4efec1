import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { Button } from "@openclaw-launch/ui/button";
import { useHydrated } from "@openclaw-launch/ui/hydrated";
import { NewPasswordField } from "@openclaw-launch/ui/new-password-field";
import { Notice } from "@openclaw-launch/ui/notice";
import { passwordStrength } from "@openclaw-launch/ui/password-strength";
import { type SecondFactor, SecondFactorForm } from "@openclaw-launch/ui/second-factor-form";
import { WaitForCode } from "@openclaw-launch/ui/wait-for-code";
import { Link } from "@remix-run/react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useMailedToken } from "~/account/mailed-token";
import { Outcome } from "~/account/outcome";
import { newPasswordProblem, textOfError } from "~/errors";
import { launch } from "~/launch.client";

export const meta = () => [{ title: "Choose a new password · OpenClaw Launch" }];

/** Whose password it is, and what is asked besides the link. */
type Reset = { token: string; email: string; confirmed: boolean; factors: readonly SecondFactor[] };
/** A title says that the new password may be set all the same. */
type Ending = { title?: string; text: string };
type Stage = { at: "reading" } | { at: "open"; reset: Reset } | { at: "done" } | ({ at: "over" } & Ending);

const missing = "A part of the link is missing. Open it from the mail again, or copy it whole.";

export default function ResetPassword() {
  const token = useMailedToken();
  const [stage, setStage] = useState<Stage>({ at: "reading" });

  useEffect(() => {
    if (token === undefined) return;
    if (token === null) return setStage({ at: "over", text: missing });
    let gone = false;
    launch.api.auth.password.readLink.mutate({ token }).then(
      (link) => !gone && setStage({ at: "open", reset: { token, ...link } }),
      (error: unknown) => !gone && setStage({ at: "over", text: textOfError(error) }),
    );
    return () => {
      gone = true;
    };
  }, [token]);

  if (stage.at === "reading") return <Reading />;
  if (stage.at === "over") return <Over {...stage} />;
  if (stage.at === "done") return <Done />;
  return (
    <Choosing
      reset={stage.reset}
      onDone={() => setStage({ at: "done" })}
      onExpired={(error) => setStage({ at: "over", ...newPasswordProblem(error) })}
    />
  );
}

function Reading() {
  const hydrated = useHydrated();
  return (
    <AccountFrame product="OpenClaw Launch" title="Choose a new password">
      {hydrated ? <p role="status">Looking at your link…</p> : <WaitForCode />}
    </AccountFrame>
  );
}

function Over({ title, text }: Ending) {
  return (
    <Outcome
      title={title ?? "No new password by this link"}
      actions={
        <>
          <Button look={title ? "secondary" : "primary"} asChild>
            <Link to="/forgot-password">Ask for a new link</Link>
          </Button>
          <Button look={title ? "primary" : "quiet"} asChild>
            <Link to="/sign-in">Back to sign-in</Link>
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Outcome>
  );
}

function Done() {
  return (
    <Outcome
      title="Your password is changed"
      actions={
        <Button look="primary" asChild>
          <Link to="/sign-in">Sign in</Link>
        </Button>
      }
    >
      <p>
        Everywhere you were signed in, you are signed out. An empty vault waits for you; assistants that run
        are as they were.
      </p>
    </Outcome>
  );
}

type ChoosingProps = { reset: Reset; onDone: () => void; onExpired: (error: unknown) => void };

/** The password first, then the second factor of those who have one: a mailbox alone must not be enough for them. */
function Choosing({ reset, onDone, onExpired }: ChoosingProps) {
  const [password, setPassword] = useState("");
  const [owing, setOwing] = useState(false);
  const { token, email, confirmed, factors } = reset;

  async function set(factor?: { code: string } | "passkey"): Promise<true> {
    try {
      await launch.resetPassword({ token, password, ...(factor ? { factor } : {}) });
      onDone();
    } catch (error) {
      if (toLaunchError(error).code !== "auth.link-expired") throw error;
      onExpired(error);
    }
    return true;
  }

  async function choose() {
    if (factors.length > 0) setOwing(true);
    else await set();
  }

  if (owing) {
    return (
      <AccountFrame
        product="OpenClaw Launch"
        title="One more step"
        subtitle="Your account has two-step sign-in, so the link alone is not enough."
      >
        <SecondFactorForm
          action="Set new password"
          titleOf={(refusal) => newPasswordProblem(refusal).title}
          factors={factors}
          verify={(code) => set({ code })}
          verifyPasskey={() => set("passkey")}
          textOf={(refusal) => newPasswordProblem(refusal).text}
          onStartAgain={() => setOwing(false)}
        />
      </AccountFrame>
    );
  }
  return (
    <AccountFrame
      product="OpenClaw Launch"
      title="Choose a new password"
      subtitle={<span className="[overflow-wrap:anywhere]">For {email}</span>}
      footer={
        <>
          Remembered the old one?{" "}
          <Link to="/sign-in" className="text-text underline underline-offset-4">
            Sign in with it
          </Link>
          : nothing has changed yet.
        </>
      }
    >
      <Consequences confirmed={confirmed} />
      <PasswordForm email={email} password={password} onChange={setPassword} choose={choose} />
    </AccountFrame>
  );
}

function Consequences({ confirmed }: { confirmed: boolean }) {
  return (
    <Notice tone="warn" title="Your vault starts anew">
      <ul className="grid list-disc gap-1 pl-4">
        <li>
          Saved configurations are encrypted with the old password. Without it nobody can open them, not even
          we: they are lost.
        </li>
        <li>Assistants that run go on running. To change one later, you enter its settings again.</li>
        <li>Wherever you are signed in, you are signed out. API tokens end.</li>
        {!confirmed && (
          <li>
            This address was never confirmed, so whatever else signs in to the account is removed: passkeys,
            authenticator app, linked accounts.
          </li>
        )}
      </ul>
    </Notice>
  );
}

type PasswordFormProps = {
  email: string;
  password: string;
  onChange: (password: string) => void;
  choose: () => Promise<void>;
};

function PasswordForm({ email, password, onChange, choose }: PasswordFormProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ title: string; text: string } | null>(null);
  const input = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (passwordStrength(password, email).level === 0) return input.current?.focus();
    setBusy(true);
    setProblem(null);
    try {
      await choose();
    } catch (refusal) {
      setProblem(newPasswordProblem(refusal));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      {problem && (
        <Notice tone="bad" title={problem.title}>
          {problem.text}
        </Notice>
      )}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <NewPasswordField
        label="New password"
        email={email}
        value={password}
        onChange={onChange}
        inputRef={input}
        hint="It never leaves this device. Keep it in a password manager: nobody can look it up for you."
      />
      <Button type="submit" look="primary" className="w-full" busy={busy ? "Making your keys…" : null}>
        Set new password
      </Button>
    </form>
  );
}
