import { ArrowUp } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useState } from "react";

type ChatComposerProps = {
  label: string;
  placeholder: string;
  disabled: boolean;
  /** Takes the text; what was typed comes back when it can't be sent. */
  onSend: (text: string) => Promise<boolean>;
};

/** Enter sends, Shift+Enter starts a new line. */
export function ChatComposer({ label, placeholder, disabled, onSend }: ChatComposerProps) {
  const [text, setText] = useState("");
  const sendable = !disabled && text.trim() !== "";

  async function send() {
    if (!sendable) return;
    setText("");
    if (!(await onSend(text.trim()))) setText((since) => (since ? `${text}\n${since}` : text));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void send();
  }

  function sendOnEnter(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  }

  return (
    <form
      onSubmit={submit}
      className="flex items-end gap-2 rounded-lg border border-control bg-surface p-2 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-info"
    >
      <textarea
        aria-label={label}
        placeholder={placeholder}
        rows={1}
        maxLength={16_000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={sendOnEnter}
        className="field-sizing-content max-h-48 min-h-9 grow resize-none bg-transparent px-2 py-1.5 text-base leading-6 outline-none placeholder:text-muted md:text-[length:inherit]"
      />
      <button
        type="submit"
        aria-label="Send"
        disabled={!sendable}
        className="flex size-9 shrink-0 items-center justify-center rounded-md bg-accent text-on-accent transition-colors duration-100 hover:bg-accent-strong disabled:bg-line disabled:text-muted"
      >
        <ArrowUp size={18} aria-hidden />
      </button>
    </form>
  );
}
