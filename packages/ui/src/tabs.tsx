import { NavLink, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";

type Tab = { label: string; to: string; end?: boolean };

/** Tabs that are pages: each has an address of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();

  // On a phone the row may be wider than the screen: then the tabs on both sides are seen, or a part of them.
  useEffect(() => {
    const open = nav.current?.querySelector(`[aria-current="page"][href="${pathname}"]`);
    open?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);

  return (
    <nav
      ref={nav}
      aria-label={label}
      className="flex overflow-x-auto border-b border-line max-md:-mx-4 max-md:px-4 md:gap-1"
    >
      {tabs.map((tab) => (
        <NavLink
          key={tab.label}
          to={tab.to}
          end={tab.end ?? false}
          prefetch="intent"
          className={({ isActive }) =>
            `-mb-px flex h-11 items-center border-b-2 px-1.5 font-medium max-md:text-[15px] md:px-3 whitespace-nowrap transition-colors duration-100 ${isActive ? "border-text text-text" : "border-transparent text-muted hover:text-text"}`
          }
        >
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}
