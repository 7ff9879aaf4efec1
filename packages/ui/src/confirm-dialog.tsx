import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { TextInput } from "./text-input.tsx";

type ConfirmDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  /** The verb on the button. */
  action: string;
  look?: "danger" | "primary";
  busy?: string | null;
  /** Has to be typed first; only for what can't be undone. */
  typedName?: string;
  onConfirm: () => void;
  /** What else can be decided with it. */
  children?: ReactNode;
};

/** Names what will be destroyed and asks once: what was typed or ticked is gone when it closes. */
export function ConfirmDialog({ open, onOpenChange, title, description, ...rest }: ConfirmDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={description}>
      <Confirmation onCancel={() => onOpenChange(false)} {...rest} />
    </Dialog>
  );
}

type ConfirmationProps = Omit<ConfirmDialogProps, "open" | "onOpenChange" | "title" | "description"> & {
  onCancel: () => void;
};

function Confirmation({
  action,
  look = "danger",
  busy,
  typedName,
  onConfirm,
  onCancel,
  children,
}: ConfirmationProps) {
  const [typed, setTyped] = useState("");
  const allowed = typedName === undefined || typed.trim() === typedName.trim();

  function submit(event: FormEvent) {
    event.preventDefault();
    if (allowed) onConfirm();
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      {children}
      {typedName !== undefined && (
        <Field label={`Type “${typedName}” to confirm`}>
          {(control) => (
            <TextInput
              {...control}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
            />
          )}
        </Field>
      )}
      <div className="flex flex-col-reverse gap-2 md:flex-row md:justify-end">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look={look} busy={busy} disabled={!allowed}>
          {action}
        </Button>
      </div>
    </form>
  );
}
