import { forwardRef, type InputHTMLAttributes } from "react";

export const inputLook =
  "w-full rounded-md border border-control bg-surface px-3 text-base text-text placeholder:text-muted aria-invalid:border-bad md:text-[length:inherit]";

export const TextInput = forwardRef<HTMLInputElement, InputHTMLAttributes<HTMLInputElement>>(
  function TextInput({ className = "", ...rest }, ref) {
    return <input ref={ref} type="text" className={`h-10 ${inputLook} ${className}`} {...rest} />;
  },
);
