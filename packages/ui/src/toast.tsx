import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as Primitive } from "radix-ui";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";

type ToastMessage = { tone: "ok" | "bad"; text: string };
type ShownToast = ToastMessage & { id: number };

const ToastContext = createContext<(message: ToastMessage) => void>(() => undefined);

/** Says briefly what happened; said again, it is one message still. Errors stay until they are closed. */
export const useToast = () => useContext(ToastContext);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<ShownToast[]>([]);
  const show = useCallback((message: ToastMessage) => {
    setToasts((shown) => [
      ...shown.filter(({ text }) => text !== message.text).slice(-2),
      { ...message, id: (shown.at(-1)?.id ?? 0) + 1 },
    ]);
  }, []);
  return (
    <ToastContext.Provider value={show}>
      <Primitive.Provider>
        {children}
        {toasts.map((toast) => (
          <Primitive.Root
            key={toast.id}
            type={toast.tone === "bad" ? "foreground" : "background"}
            duration={toast.tone === "bad" ? Number.POSITIVE_INFINITY : 5000}
            onOpenChange={(open) => !open && setToasts((shown) => shown.filter(({ id }) => id !== toast.id))}
            // A dialog that opens later would take the pointer from it.
            className="pointer-events-auto! flex animate-rise items-start gap-2.5 rounded-md border border-line bg-raised p-3 shadow-raised md:text-sm"
          >
            {toast.tone === "ok" ? (
              <CircleCheck size={18} aria-hidden className="mt-px shrink-0 text-ok" />
            ) : (
              <CircleAlert size={18} aria-hidden className="mt-px shrink-0 text-bad" />
            )}
            <Primitive.Description className="grow">{toast.text}</Primitive.Description>
            <Primitive.Close aria-label="Dismiss" className="-m-1 rounded-sm p-1 text-muted hover:text-text">
              <X size={16} aria-hidden />
            </Primitive.Close>
          </Primitive.Root>
        ))}
        {/* On phones at the top: what is done next is at the bottom, in dialogs as in chats. */}
        <Primitive.Viewport className="fixed inset-x-4 top-[max(1rem,env(safe-area-inset-top))] z-60 grid gap-2 outline-none md:top-auto md:right-6 md:bottom-6 md:left-auto md:w-96" />
      </Primitive.Provider>
    </ToastContext.Provider>
  );
}
