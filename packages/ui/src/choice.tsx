import { RadioGroup } from "radix-ui";
import type { ReactNode } from "react";

export type ChoiceOption = { value: string; title: string; hint: ReactNode; aside?: ReactNode };

type ChoiceProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly ChoiceOption[];
  columns?: 1 | 2;
};

/** One of a few, each explained. Arrow keys move. */
export function Choice({ label, value, onChange, options, columns = 1 }: ChoiceProps) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={onChange}
      className={`grid gap-2 ${columns === 2 ? "sm:grid-cols-2" : ""}`}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          className="flex items-start gap-x-3 gap-y-1 rounded-md border border-line bg-surface p-3 text-left transition-colors duration-100 hover:border-control max-sm:flex-wrap data-[state=checked]:border-text data-[state=checked]:outline-1 data-[state=checked]:outline-text"
        >
          <span
            aria-hidden
            className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-control"
          >
            <RadioGroup.Indicator className="size-2 rounded-full bg-text" />
          </span>
          <span className="min-w-0 flex-1">
            <span className="block font-medium">{option.title}</span>
            {option.hint && <span className="block text-muted">{option.hint}</span>}
          </span>
          {option.aside && (
            <span className="shrink-0 text-right text-muted max-sm:basis-full max-sm:pl-7 max-sm:text-left">
              {option.aside}
            </span>
          )}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
