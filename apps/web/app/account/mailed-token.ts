import { useLocation } from "@remix-run/react";
import { useEffect, useState } from "react";

/** By path. In memory only: it outlasts signing in, and no reload. */
const carried = new Map<string, string>();

/**
 * What the link of a mail carries behind its `#`; undefined until the page's code runs, null when there is nothing. It is taken out of
 * the address bar at once: neither history nor bookmarks nor whoever looks over a shoulder gets it.
 */
export function useMailedToken(): string | null | undefined {
  const location = useLocation();
  const [token, setToken] = useState<string | null>();

  useEffect(() => {
    const { pathname, search, hash } = location;
    if (hash) {
      carried.set(pathname, hash.slice(1));
      window.history.replaceState(window.history.state, "", pathname + search);
    }
    setToken(carried.get(pathname) ?? null);
  }, [location]);

  return token;
}
