import { Button } from "@openclaw-launch/ui/button";
import { NewPasswordField } from "@openclaw-launch/ui/new-password-field";
import { Notice } from "@openclaw-launch/ui/notice";
import { passwordStrength } from "@openclaw-launch/ui/password-strength";
import { type FormEvent, useRef, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { useStepUp } from "./step-up";

/** For an account that was opened at a provider: without a password there is nothing to lock a vault with. */
export function FirstPassword({ email, onSet }: { email: string; onSet: () => void }) {
  const prove = useStepUp();
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (passwordStrength(password, email).level === 0) return input.current?.focus();
    setBusy(true);
    setError(null);
    try {
      const set = await prove("set a password", async () => {
        await launch.setPassword({ password });
        return {};
      });
      if (set) onSet();
    } catch (refusal) {
      setError(textOfError(refusal));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="grid max-w-md gap-4">
      {error && (
        <Notice tone="bad" title="No password was set">
          {error}
        </Notice>
      )}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <NewPasswordField
        email={email}
        value={password}
        onChange={setPassword}
        inputRef={input}
        hint="It opens your vault, and signs you in too. It never leaves this device, so keep it well."
      />
      <Button
        type="submit"
        look="primary"
        className="md:justify-self-end"
        busy={busy ? "Making your keys…" : null}
      >
        Set the password
      </Button>
    </form>
  );
}
