import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";

export type ControlProps = { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean };

type FieldProps = {
  label: string;
  optional?: boolean;
  hint?: ReactNode;
  error?: string | null | undefined;
  children: (control: ControlProps) => ReactNode;
};

/** Label, control, hint and error of one input, tied together for screen readers. */
export function Field({ label, optional, hint, error, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy = [hint ? hintId : "", error ? errorId : ""].filter(Boolean).join(" ") || undefined;
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="flex items-baseline justify-between font-medium">
        {label}
        {optional && <span className="text-[0.85em] font-normal text-muted">Optional</span>}
      </label>
      {children({ id, "aria-describedby": describedBy, "aria-invalid": Boolean(error) })}
      {error && (
        <p id={errorId} role="alert" className="flex gap-1.5 text-[0.9em] text-bad">
          <CircleAlert size={16} aria-hidden className="mt-[0.15em] shrink-0" />
          {error}
        </p>
      )}
      {hint && (
        <div id={hintId} className="text-[0.9em] text-muted">
          {hint}
        </div>
      )}
    </div>
  );
}
