import { useLocation } from "@remix-run/react";
import { useEffect, useState } from "react";

/**
 * What the link of a mail carries behind its `#`; undefined until the page's code runs, null when there is nothing. It is taken out of
 * the address bar at once: neither history nor bookmarks nor whoever looks over a shoulder gets it.
 */
export function useMailedToken(): string | null | undefined {
  const location = useLocation();
  const [token, setToken] = useState<string | null>();

  useEffect(() => {
    const carried = location.hash.slice(1);
    setToken((known) => carried || known || null);
    if (carried) window.history.replaceState(window.history.state, "", location.pathname + location.search);
  }, [location]);

  return token;
}
