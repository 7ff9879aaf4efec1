import { Link, useLocation } from "@remix-run/react";
import { useFreshOnReturn } from "./fresh-on-return";

/** Above every page until the address is confirmed. */
export function UnconfirmedBanner() {
  const { pathname } = useLocation();
  useFreshOnReturn();
  if (pathname === "/settings") return null; // which says more
  return (
    <section
      aria-label="Your e-mail address"
      className="border-b border-line bg-sunken px-4 py-2 text-center text-[0.9em] text-muted"
    >
      <strong className="font-medium text-text">Confirm your e-mail address</strong>
      <span className="max-md:hidden"> with the link that we mailed to you</span>.{" "}
      <Link to="/settings" className="text-text underline underline-offset-4">
        No mail?
      </Link>
    </section>
  );
}
