import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ButtonHTMLAttributes, MouseEvent } from "react";

type Look = "primary" | "secondary" | "quiet" | "danger";

const looks: Record<Look, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border-control bg-surface text-text hover:bg-sunken",
  quiet: "border-transparent text-muted hover:bg-sunken hover:text-text",
  danger: "border-bad bg-surface text-bad hover:bg-bad hover:text-on-bad",
};

const sizes = {
  small: "h-8 px-2.5 gap-1.5",
  medium: "h-10 px-4 gap-2",
  large: "h-12 px-6 gap-2 text-base",
} as const;

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: Look;
  size?: keyof typeof sizes;
  /** What is going on; shown instead of the label, and the button can't be pressed meanwhile. */
  busy?: string | null;
  /** Gives its looks to the one child, usually a link. */
  asChild?: boolean;
};

export function Button({
  look = "secondary",
  size = "medium",
  busy,
  asChild,
  className = "",
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const classes = `inline-flex shrink-0 items-center justify-center rounded-md border font-medium whitespace-nowrap transition-colors duration-100 select-none disabled:opacity-50 ${sizes[size]} ${looks[look]} ${className}`;
  if (asChild) {
    return (
      <Slot.Root className={classes} onClick={onClick} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  // While busy it keeps the focus: a disabled button would lose it.
  const press = busy ? (event: MouseEvent) => event.preventDefault() : onClick;
  return (
    <button
      type="button"
      {...rest}
      onClick={press}
      className={classes}
      aria-disabled={Boolean(busy)}
      aria-busy={Boolean(busy)}
    >
      {busy ? (
        <>
          <LoaderCircle size={16} aria-hidden className="animate-spin motion-reduce:hidden" />
          <span role="status">{busy}</span>
        </>
      ) : (
        children
      )}
    </button>
  );
}
