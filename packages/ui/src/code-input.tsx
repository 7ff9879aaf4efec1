import { forwardRef, type InputHTMLAttributes } from "react";
import { TextInput } from "./text-input.tsx";

type CodeInputProps = InputHTMLAttributes<HTMLInputElement> & { kind?: "app" | "recovery" };

/** A code of an authenticator app, which phones and password managers offer, or a recovery code. Spaces and dashes don't matter. */
export const CodeInput = forwardRef<HTMLInputElement, CodeInputProps>(function CodeInput(
  { kind = "app", ...rest },
  ref,
) {
  return (
    <TextInput
      ref={ref}
      inputMode={kind === "app" ? "numeric" : "text"}
      autoComplete={kind === "app" ? "one-time-code" : "off"}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      maxLength={40}
      className={`font-mono ${kind === "app" ? "tracking-[0.3em]" : ""}`}
      {...rest}
    />
  );
});

/** What is wrong with a code before anybody is asked; null when it may be right. */
export function codeProblem(code: string, kind: "app" | "recovery"): string | null {
  const typed = code.replace(/[\s-]/g, "");
  if (kind === "app") return /^\d{6}$/.test(typed) ? null : "A code has six digits.";
  return /^[a-z2-7]{16}$/i.test(typed) ? null : "A recovery code has 16 letters and digits, four by four.";
}
