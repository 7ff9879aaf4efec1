import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { Field } from "@openclaw-launch/ui/field";
import { NewPasswordField } from "@openclaw-launch/ui/new-password-field";
import { Notice } from "@openclaw-launch/ui/notice";
import { PasswordInput } from "@openclaw-launch/ui/password-input";
import { passwordStrength } from "@openclaw-launch/ui/password-strength";
import { useRefresh } from "@openclaw-launch/ui/refresh";
import { useToast } from "@openclaw-launch/ui/toast";
import { type FormEvent, useRef, useState } from "react";
import { newPasswordProblem } from "~/errors";
import { launch } from "~/launch.client";
import { FirstPassword } from "./first-password";

/** For whoever signs in another way. */
export function NoPasswordCard({ email }: { email: string }) {
  const toast = useToast();
  const refresh = useRefresh();
  const [setting, setSetting] = useState(false);

  function conclude() {
    toast({ tone: "ok", text: "Your password is set, and your vault is open." });
    void refresh();
  }

  return (
    <Card
      title="Password"
      hint="Your account has none. You need one to have a vault, and so to launch assistants."
      actions={
        !setting && (
          <Button look="primary" onClick={() => setSetting(true)}>
            Set a password
          </Button>
        )
      }
    >
      {setting && <FirstPassword email={email} onSet={conclude} />}
    </Card>
  );
}

/** A new password for the account and its vault. */
export function PasswordCard({ email }: { email: string }) {
  const [changing, setChanging] = useState(false);
  return (
    <Card
      title="Password"
      hint="It signs you in and opens your vault."
      actions={!changing && <Button onClick={() => setChanging(true)}>Change password</Button>}
    >
      {changing && <ChangeForm email={email} onDone={() => setChanging(false)} />}
    </Card>
  );
}

function ChangeForm({ email, onDone }: { email: string; onDone: () => void }) {
  const toast = useToast();
  const [currentPassword, setCurrentPassword] = useState("");
  const [newPassword, setNewPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ title: string; text: string } | null>(null);
  const currentInput = useRef<HTMLInputElement>(null);
  const newInput = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (passwordStrength(newPassword, email).level === 0) return newInput.current?.focus();
    setBusy(true);
    setProblem(null);
    try {
      await launch.changePassword({ currentPassword, newPassword });
      toast({ tone: "ok", text: "Your password is changed. Everywhere else you are signed out." });
      onDone();
    } catch (refusal) {
      setProblem(newPasswordProblem(refusal));
      setBusy(false);
      currentInput.current?.select();
    }
  }

  return (
    <form onSubmit={submit} className="grid max-w-sm gap-4">
      {problem && (
        <Notice tone="bad" title={problem.title}>
          {problem.text}
        </Notice>
      )}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <Field label="Current password">
        {(control) => (
          <PasswordInput
            {...control}
            ref={currentInput}
            what="current password"
            autoComplete="current-password"
            required
            autoFocus
            value={currentPassword}
            onChange={(event) => setCurrentPassword(event.target.value)}
          />
        )}
      </Field>
      <NewPasswordField
        label="New password"
        email={email}
        value={newPassword}
        onChange={setNewPassword}
        inputRef={newInput}
        hint="Your vault stays as it is; your browser locks its key anew. Every other session is signed out."
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" busy={busy ? "Making your keys…" : null}>
          Change password
        </Button>
        <Button look="quiet" disabled={busy} onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
