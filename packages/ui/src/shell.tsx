import { NavLink } from "@remix-run/react";
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { BrandMark } from "./brand.tsx";
import { IconButton } from "./icon-button.tsx";

type Destination = { label: string; to: string; icon: ReactNode };

type ShellProps = {
  product: string;
  destinations: readonly Destination[];
  onSearch: () => void;
  /** Below the destinations of the rail, right in the phone's top bar. */
  account: ReactNode;
  /** Above every page. */
  banner?: ReactNode;
  /** For walls of figures: smaller text, the whole width. */
  dense?: boolean;
  children: ReactNode;
};

const railLink = ({ isActive }: { isActive: boolean }) =>
  `flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium transition-colors duration-100 ${isActive ? "bg-line/70 text-text" : "text-muted hover:bg-line/40 hover:text-text"}`;
const barLink = ({ isActive }: { isActive: boolean }) =>
  `flex h-14 flex-col items-center justify-center gap-0.5 text-xs font-medium ${isActive ? "text-text" : "text-muted"}`;

/** Frame of an app: rail on the left, on phones a bar at the bottom. */
export function Shell({
  product,
  destinations,
  onSearch,
  account,
  banner,
  dense = false,
  children,
}: ShellProps) {
  return (
    <div
      className={`flex min-h-dvh flex-col md:grid ${dense ? "md:grid-cols-[12rem_minmax(0,1fr)] md:text-[13px]" : "md:grid-cols-[14rem_minmax(0,1fr)] md:text-sm"}`}
    >
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-raised px-4 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col gap-4 border-r border-line p-3 md:flex">
        <Home product={product} />
        <button
          type="button"
          onClick={onSearch}
          className="flex h-9 items-center gap-2.5 rounded-md border border-control/60 bg-surface px-2.5 text-muted hover:text-text"
        >
          <Search size={16} aria-hidden />
          <span className="grow text-left">Search</span>
          <kbd className="font-sans text-xs">Ctrl K</kbd>
        </button>
        <nav aria-label="Main" className="grid gap-0.5">
          {destinations.map((destination) => (
            <NavLink key={destination.to} to={destination.to} prefetch="intent" className={railLink}>
              {destination.icon}
              {destination.label}
            </NavLink>
          ))}
        </nav>
        <div className="mt-auto">{account}</div>
      </aside>
      <header className="flex items-center justify-between border-b border-line px-4 py-2 md:hidden">
        <Home product={product} />
        <div className="flex shrink-0 items-center">
          <IconButton label="Search" icon={<Search size={18} aria-hidden />} onClick={onSearch} />
          {account}
        </div>
      </header>
      <div className="flex min-w-0 grow flex-col pb-[calc(3.5rem+env(safe-area-inset-bottom))] md:pb-0">
        {banner}
        <main
          id="main"
          tabIndex={-1}
          className={`mx-auto flex w-full grow flex-col px-4 py-5 outline-none ${dense ? "max-w-[96rem] md:px-6 md:py-5" : "max-w-5xl md:px-8 md:py-8"}`}
        >
          {children}
        </main>
      </div>
      <nav
        aria-label="Main"
        className="fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {destinations.map((destination) => (
          <NavLink key={destination.to} to={destination.to} className={barLink}>
            {destination.icon}
            {destination.label}
          </NavLink>
        ))}
      </nav>
    </div>
  );
}

function Home({ product }: { product: string }) {
  return (
    <NavLink to="/" reloadDocument className="flex items-center gap-2.5 rounded-md px-1 py-1 font-semibold">
      <BrandMark />
      {product}
    </NavLink>
  );
}
