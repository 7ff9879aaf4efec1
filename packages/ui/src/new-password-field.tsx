import { type ReactNode, type RefObject, useState } from "react";
import { Field } from "./field.tsx";
import { PasswordInput } from "./password-input.tsx";
import { passwordStrength } from "./password-strength.ts";
import { StrengthMeter } from "./strength-meter.tsx";

type NewPasswordFieldProps = {
  label?: string;
  email: string;
  value: string;
  onChange: (password: string) => void;
  hint: ReactNode;
  inputRef: RefObject<HTMLInputElement>;
};

/** A password that is about to be set: how strong it is and why, while it is typed. */
export function NewPasswordField({
  label = "Password",
  email,
  value,
  onChange,
  hint,
  inputRef,
}: NewPasswordFieldProps) {
  const [left, setLeft] = useState(false);
  const strength = passwordStrength(value, email);
  const refused = left && value !== "" && strength.level === 0;
  return (
    <Field
      label={label}
      error={refused ? strength.reason : null}
      hint={
        <>
          <StrengthMeter strength={strength} shown={value !== "" && !refused} />
          {hint}
        </>
      }
    >
      {(control) => (
        <PasswordInput
          {...control}
          ref={inputRef}
          autoComplete="new-password"
          required
          value={value}
          onBlur={() => setLeft(true)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
