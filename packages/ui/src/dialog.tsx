import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { useBrowserLayoutEffect } from "./hydrated.ts";
import { IconButton } from "./icon-button.tsx";

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
};

/** A question in front of the page; on phones it rises from the bottom edge. Whatever opened it has the focus again afterwards. */
export function Dialog({ open, onOpenChange, title, description, children }: DialogProps) {
  const opener = useRef<Element | null>(null);
  // The content comes after this effect: what is in it may take the focus at once.
  useBrowserLayoutEffect(() => {
    if (open) opener.current = document.activeElement;
  }, [open]);
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-50 animate-appear bg-scrim" />
        <Primitive.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          onCloseAutoFocus={() => {
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          className="fixed inset-x-0 bottom-0 z-50 max-h-[90dvh] animate-rise overflow-y-auto rounded-t-lg border border-line bg-raised p-5 pb-[max(1.25rem,env(safe-area-inset-bottom))] shadow-raised outline-none md:inset-x-auto md:top-[18dvh] md:bottom-auto md:left-1/2 md:w-[28rem] md:-translate-x-1/2 md:rounded-lg md:text-sm"
        >
          <Primitive.Title className="pr-10 text-lg font-semibold">{title}</Primitive.Title>
          {description && (
            <Primitive.Description asChild>
              <div className="mt-1 text-muted">{description}</div>
            </Primitive.Description>
          )}
          <div className="mt-4">{children}</div>
          {/* Last, so that the first thing to do has the focus. */}
          <Primitive.Close asChild>
            <IconButton
              label="Close"
              icon={<X size={18} aria-hidden />}
              className="absolute top-3.5 right-3.5"
            />
          </Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
