import { DropdownMenu } from "radix-ui";
import { type ReactNode, useRef } from "react";

export type MenuItem = {
  label: string;
  icon?: ReactNode;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
};

/** Actions behind one button; `trigger` is that button. They stay in its landmark, and the page beside them stays in reach. */
export function Menu({
  trigger,
  items,
  label,
}: {
  trigger: ReactNode;
  items: readonly MenuItem[];
  label: string;
}) {
  const button = useRef<HTMLButtonElement>(null);

  function select(item: MenuItem) {
    // A dialog that it opens gives the focus back to what has it now: the item will be gone.
    button.current?.focus();
    item.onSelect();
  }

  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger ref={button} asChild>
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Content
        aria-label={label}
        align="end"
        sideOffset={6}
        className="z-50 min-w-48 animate-appear rounded-md border border-line bg-raised p-1 shadow-raised md:text-sm"
      >
        {items.map((item) => (
          <DropdownMenu.Item
            key={item.label}
            onSelect={() => select(item)}
            disabled={item.disabled ?? false}
            className={`flex h-10 cursor-default items-center gap-2.5 rounded-sm px-2.5 outline-none select-none data-disabled:opacity-45 data-highlighted:bg-sunken md:h-9 ${item.danger ? "text-bad" : ""}`}
          >
            {item.icon}
            {item.label}
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
