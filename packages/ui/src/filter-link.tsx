import { Link } from "@remix-run/react";

type FilterLinkProps = { to: string; label: string; count?: number | undefined; chosen: boolean };

/** One choice of a list's filter, which stands in the address. */
export function FilterLink({ to, label, count, chosen }: FilterLinkProps) {
  return (
    <Link
      to={to}
      prefetch="intent"
      preventScrollReset
      aria-current={chosen ? "true" : undefined}
      className={`flex h-9 shrink-0 items-center gap-2 rounded-md border px-3 font-medium whitespace-nowrap transition-colors duration-100 md:h-8 ${chosen ? "border-text bg-text text-background" : "border-line bg-surface text-muted hover:border-control hover:text-text"}`}
    >
      {label}
      {count !== undefined && <span className={chosen ? "" : "text-text"}>{count}</span>}
    </Link>
  );
}
