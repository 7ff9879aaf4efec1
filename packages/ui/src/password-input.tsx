import { ArrowBigUpDash, Eye, EyeOff } from "lucide-react";
import { forwardRef, type InputHTMLAttributes, type KeyboardEvent, useState } from "react";
import { TextInput } from "./text-input.tsx";

type PasswordInputProps = Omit<InputHTMLAttributes<HTMLInputElement>, "type"> & { what?: string };

/** Hidden text that can be looked at; says when caps lock is on. `what` names it ("password"). */
export const PasswordInput = forwardRef<HTMLInputElement, PasswordInputProps>(function PasswordInput(
  { what = "password", ...rest },
  ref,
) {
  const [visible, setVisible] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const watchCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));
  return (
    <div>
      <div className="relative">
        <TextInput
          ref={ref}
          {...rest}
          type={visible ? "text" : "password"}
          className="pr-11"
          spellCheck={false}
          autoCapitalize="none"
          autoCorrect="off"
          onKeyDown={watchCapsLock}
          onKeyUp={watchCapsLock}
        />
        <button
          type="button"
          aria-label={visible ? `Hide ${what}` : `Show ${what}`}
          aria-pressed={visible}
          onClick={() => setVisible(!visible)}
          className="absolute inset-y-0 right-0 flex w-10 items-center justify-center rounded-md text-muted hover:text-text"
        >
          {visible ? <EyeOff size={18} aria-hidden /> : <Eye size={18} aria-hidden />}
        </button>
      </div>
      <p role="status" className="text-[0.9em] text-warn">
        {capsLock && (
          <span className="mt-1.5 flex gap-1.5">
            <ArrowBigUpDash size={16} aria-hidden className="mt-[0.15em]" />
            Caps lock is on
          </span>
        )}
      </p>
    </div>
  );
});
