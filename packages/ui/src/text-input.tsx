import { forwardRef, type InputHTMLAttributes, useImperativeHandle, useRef } from "react";
import { useBrowserLayoutEffect } from "./hydrated.ts";

export const inputLook =
  "w-full rounded-md border border-control bg-surface px-3 text-base text-text placeholder:text-muted aria-invalid:border-bad md:text-[length:inherit]";

export const TextInput = forwardRef<HTMLInputElement, InputHTMLAttributes<HTMLInputElement>>(
  function TextInput({ className = "", ...rest }, ref) {
    const input = useRef<HTMLInputElement>(null);
    useImperativeHandle(ref, () => input.current as HTMLInputElement);
    // A person, or their password manager, may have filled the field before the page's code ran.
    useBrowserLayoutEffect(() => {
      if (input.current && typeof rest.value === "string") announceText(input.current, rest.value);
    }, []);
    return <input ref={input} type="text" className={`h-10 ${inputLook} ${className}`} {...rest} />;
  },
);

/** Makes React hear of the text of `input` if it differs from what React knows. */
function announceText(input: HTMLInputElement, known: string): void {
  const text = input.value;
  if (text === known) return;
  input.value = known; // what React compares with
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, text);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
