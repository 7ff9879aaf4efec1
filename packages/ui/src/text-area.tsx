import type { TextareaHTMLAttributes } from "react";
import { inputLook } from "./text-input.tsx";

export function TextArea({ className = "", ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <textarea
      rows={4}
      className={`field-sizing-content max-h-80 min-h-24 py-2 leading-relaxed ${inputLook} ${className}`}
      {...rest}
    />
  );
}
