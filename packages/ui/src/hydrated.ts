import { useEffect, useLayoutEffect, useState } from "react";

/** False until the page's code runs in the browser. */
export function useHydrated(): boolean {
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  return hydrated;
}

/** An effect before the browser paints; the server, which paints nothing, skips it without a warning. */
export const useBrowserLayoutEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;
