import { Dialog } from "radix-ui";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useState } from "react";

export type Command = { id: string; label: string; hint?: string; icon?: ReactNode; run: () => void };

type CommandPaletteProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  commands: readonly Command[];
};

/** Everything by keyboard: Ctrl or ⌘ with K opens it, arrows choose, Enter runs. */
export function CommandPalette({ open, onOpenChange, commands }: CommandPaletteProps) {
  const listId = useId();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);

  useEffect(() => {
    const toggle = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      onOpenChange(!open);
    };
    document.addEventListener("keydown", toggle);
    return () => document.removeEventListener("keydown", toggle);
  }, [open, onOpenChange]);

  const found = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return commands.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
  }, [commands, query]);

  function close() {
    onOpenChange(false);
    setQuery("");
    setChosen(0);
  }

  function run(command: Command | undefined) {
    if (!command) return;
    close();
    command.run();
  }

  function steer(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setChosen((index) => (index + step + found.length) % Math.max(1, found.length));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      run(found[chosen]);
    }
  }

  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? onOpenChange(true) : close())}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[12dvh] z-50 mx-auto max-w-xl animate-rise overflow-hidden rounded-lg border border-line bg-raised shadow-raised md:text-sm"
        >
          <Dialog.Title className="sr-only">Go to or do</Dialog.Title>
          <input
            role="combobox"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={found[chosen] ? `${listId}-${found[chosen].id}` : undefined}
            aria-label="Search pages and actions"
            placeholder="Go to or do…"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setChosen(0);
            }}
            onKeyDown={steer}
            className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-muted"
          />
          <div
            id={listId}
            role="listbox"
            aria-label="Commands"
            className="max-h-[50dvh] overflow-y-auto p-1.5"
          >
            {found.map((command, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above handles the keys
              <div
                key={command.id}
                id={`${listId}-${command.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === chosen}
                onPointerMove={() => setChosen(index)}
                onClick={() => run(command)}
                className="flex h-10 cursor-default items-center gap-3 rounded-sm px-3 aria-selected:bg-sunken"
              >
                <span className="text-muted">{command.icon}</span>
                <span className="grow truncate">{command.label}</span>
                {command.hint && <span className="text-muted">{command.hint}</span>}
              </div>
            ))}
          </div>
          {found.length === 0 && (
            <p className="px-4 pt-1 pb-5 text-center text-muted">Nothing is called “{query}”.</p>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
