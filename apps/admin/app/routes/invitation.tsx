import { AccountFrame } from "@openclaw-launch/ui/account-frame";
import { Button } from "@openclaw-launch/ui/button";
import { Field } from "@openclaw-launch/ui/field";
import { NewPasswordField } from "@openclaw-launch/ui/new-password-field";
import { Notice } from "@openclaw-launch/ui/notice";
import { PasswordInput } from "@openclaw-launch/ui/password-input";
import { passwordStrength } from "@openclaw-launch/ui/password-strength";
import { SecondFactorForm } from "@openclaw-launch/ui/second-factor-form";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { WaitForCode } from "@openclaw-launch/ui/wait-for-code";
import { useNavigate } from "@remix-run/react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { type Invitation, readInvitation, redeemInvitation, verifySecondFactor } from "~/account.client";
import { textOfCode, textOfError } from "~/errors";

export const meta = () => [{ title: "Invitation · Admin" }];

type Reading = { token: string; invitation: Invitation | null; refusal: string | null };

/** The token stands behind "#", which browsers send to no server. */
export default function InvitationPage() {
  const [{ token, invitation, refusal }, setReading] = useState<Reading>({
    token: "",
    invitation: null,
    refusal: null,
  });

  useEffect(() => {
    const read = () => {
      const token = window.location.hash.slice(1);
      setReading({ token, invitation: null, refusal: null });
      readInvitation(token).then(
        (invitation) => setReading({ token, invitation, refusal: null }),
        (error: unknown) => setReading({ token, invitation: null, refusal: refusalOf(token, error) }),
      );
    };
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);

  return (
    <AccountFrame
      product="OpenClaw Launch admin"
      title="Become an admin"
      subtitle="You were invited to run this service: its people, instances and hosts."
    >
      {refusal ? (
        <Notice
          tone="bad"
          title="This invitation can’t be used"
          action={
            <Button asChild>
              <a href="/sign-in">Sign in instead</a>
            </Button>
          }
        >
          {refusal}
        </Notice>
      ) : invitation ? (
        <InvitationSteps token={token} invitation={invitation} />
      ) : (
        <>
          <p role="status">Reading your invitation…</p>
          <WaitForCode />
        </>
      )}
    </AccountFrame>
  );
}

/** A mangled token is to its holder the same as a used one. */
const refusalOf = (token: string, error: unknown) =>
  /^[\w-]{43}$/.test(token) ? textOfError(error) : textOfCode("admin.invitation-missing");

/** The password, then in its place the second factor of an account that has one. */
function InvitationSteps({ token, invitation }: { token: string; invitation: Invitation }) {
  const navigate = useNavigate();
  const [owing, setOwing] = useState(false);

  // Replaces the address: the token is used and belongs into no history.
  const leave = (path: string) => navigate(path, { replace: true });

  async function verify(code: string): Promise<boolean> {
    const isComplete = await verifySecondFactor(code);
    if (isComplete) leave("/");
    return isComplete;
  }

  if (owing)
    return <SecondFactorForm verify={verify} textOf={textOfError} onStartAgain={() => leave("/sign-in")} />;
  return (
    <InvitationForm
      token={token}
      invitation={invitation}
      onRedeemed={(isComplete) => (isComplete ? leave("/") : setOwing(true))}
    />
  );
}

type InvitationFormProps = {
  token: string;
  invitation: Invitation;
  onRedeemed: (isComplete: boolean) => void;
};

// The fields have no names: should the form be sent before the page's code runs, it sends nothing.
function InvitationForm({ token, invitation, onRedeemed }: InvitationFormProps) {
  const { email, hasAccount, expiresAt } = invitation;
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const passwordInput = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!hasAccount && passwordStrength(password, email).level === 0) return passwordInput.current?.focus();
    setBusy(true);
    setError(null);
    try {
      onRedeemed(await redeemInvitation(token, invitation, password));
    } catch (refusal) {
      setError(textOfError(refusal));
      setBusy(false);
      passwordInput.current?.select();
    }
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      {error && (
        <Notice tone="bad" title="You are no admin yet">
          {error}
        </Notice>
      )}
      <Field
        label="E-mail"
        hint={`The invitation is for this address, until ${expiresAt.toLocaleTimeString([], { timeStyle: "short" })}.`}
      >
        {(control) => <TextInput {...control} type="email" autoComplete="username" readOnly value={email} />}
      </Field>
      {hasAccount ? (
        <Field
          label="Password"
          hint="The one of your account with this address. It never leaves this device."
        >
          {(control) => (
            <PasswordInput
              {...control}
              ref={passwordInput}
              autoComplete="current-password"
              required
              autoFocus
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
      ) : (
        <NewPasswordField
          email={email}
          value={password}
          onChange={setPassword}
          inputRef={passwordInput}
          hint="It never leaves this device, and what it encrypts opens with nothing else."
        />
      )}
      <Button type="submit" look="primary" className="w-full" busy={busy ? "Making your keys…" : null}>
        Become an admin
      </Button>
    </form>
  );
}
