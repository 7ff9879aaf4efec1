import { Button } from "@openclaw-launch/ui/button";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { Dialog } from "@openclaw-launch/ui/dialog";
import { Field } from "@openclaw-launch/ui/field";
import { IconButton } from "@openclaw-launch/ui/icon-button";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { useToast } from "@openclaw-launch/ui/toast";
import { KeyRound, Pencil, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import type { Passkey } from "./passkeys-card";
import { useStepUp } from "./step-up";

type PasskeyRowProps = { passkey: Passkey; isLast: boolean; onChanged: () => void };

export function PasskeyRow({ passkey, isLast, onChanged }: PasskeyRowProps) {
  const { id, name, synced, createdAt, usedAt } = passkey;
  const prove = useStepUp();
  const toast = useToast();
  const [asking, setAsking] = useState<"name" | "removal" | null>(null);
  const [busy, setBusy] = useState(false);

  async function remove() {
    setAsking(null);
    setBusy(true);
    try {
      const removed = await prove("remove a passkey", () =>
        launch.api.auth.passkeys.remove.mutate({ passkeyId: id }),
      );
      if (removed) toast({ tone: "ok", text: `The passkey “${name}” no longer signs you in.` });
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setBusy(false);
      onChanged();
    }
  }

  function concludeRename() {
    setAsking(null);
    onChanged();
  }

  return (
    <li className="flex items-start gap-3 py-3 last:pb-0">
      <KeyRound size={18} aria-hidden className="mt-0.5 shrink-0 text-muted" />
      <div className="min-w-0 grow">
        <p className="font-medium [overflow-wrap:anywhere]">{name}</p>
        <p className="text-muted">
          {synced ? "Synced between your devices" : "On one device only"} · added{" "}
          <RelativeTime date={createdAt} /> ·{" "}
          {usedAt ? (
            <>
              last used <RelativeTime date={usedAt} />
            </>
          ) : (
            "never used"
          )}
        </p>
      </div>
      <div className="-my-1.5 -mr-2.5 flex">
        <IconButton
          label={`Rename ${name}`}
          icon={<Pencil size={16} aria-hidden />}
          onClick={() => setAsking("name")}
        />
        <IconButton
          label={`Remove ${name}`}
          icon={<Trash2 size={16} aria-hidden />}
          aria-disabled={busy}
          onClick={() => !busy && setAsking("removal")}
        />
      </div>
      <Dialog
        open={asking === "name"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`Rename “${name}”`}
      >
        <RenameForm passkey={passkey} onDone={concludeRename} onCancel={() => setAsking(null)} />
      </Dialog>
      <ConfirmDialog
        open={asking === "removal"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`Remove “${name}”?`}
        description={
          isLast
            ? "It is your last passkey. You sign in with what remains, and delete it from your device yourself."
            : "It no longer signs you in. Delete it from your device or password manager yourself."
        }
        action="Remove"
        onConfirm={() => void remove()}
      />
    </li>
  );
}

type RenameFormProps = { passkey: Passkey; onDone: () => void; onCancel: () => void };

function RenameForm({ passkey: { id, name }, onDone, onCancel }: RenameFormProps) {
  const [typed, setTyped] = useState(name);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (typed.trim() === "") return setError("A passkey needs a name.");
    setBusy(true);
    try {
      await launch.api.auth.passkeys.rename.mutate({ passkeyId: id, name: typed });
      onDone();
    } catch (refusal) {
      setError(textOfError(refusal));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label="Name" error={error}>
        {(control) => (
          <TextInput
            {...control}
            autoFocus
            autoComplete="off"
            maxLength={60}
            value={typed}
            onFocus={(event) => event.target.select()}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <div className="flex flex-col-reverse gap-2 md:flex-row md:justify-end">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" busy={busy ? "Renaming…" : null}>
          Rename
        </Button>
      </div>
    </form>
  );
}
