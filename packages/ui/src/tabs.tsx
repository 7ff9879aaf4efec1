import { NavLink } from "@remix-run/react";

type Tab = { label: string; to: string; end?: boolean };

/** Tabs that are pages: each has an address of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map((tab) => (
        <NavLink
          key={tab.label}
          to={tab.to}
          end={tab.end ?? false}
          prefetch="intent"
          className={({ isActive }) =>
            `-mb-px flex h-11 items-center border-b-2 px-3 font-medium whitespace-nowrap transition-colors duration-100 ${isActive ? "border-text text-text" : "border-transparent text-muted hover:text-text"}`
          }
        >
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}
