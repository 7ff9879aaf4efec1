import { useEffect, useRef, useState } from "react";
import { useBrowserLayoutEffect } from "./hydrated.ts";

/** State that a reload keeps, in this tab only. Never for secrets. `clear` forgets it. */
export function useDraft<T extends object>(
  key: string,
  initial: () => T,
): [T, (change: Partial<T>) => void, () => void] {
  const [draft, setDraft] = useState(initial);
  const [restored, setRestored] = useState(false);
  const changed = useRef<Partial<T>>({});

  // Before anything is painted, so that nobody types into a field that then takes another text.
  useBrowserLayoutEffect(() => {
    const kept = sessionStorage.getItem(key);
    if (kept) setDraft((current) => ({ ...current, ...JSON.parse(kept), ...changed.current }));
    setRestored(true);
  }, [key]);

  useEffect(() => {
    if (restored) sessionStorage.setItem(key, JSON.stringify(draft));
  }, [key, draft, restored]);

  const change = (part: Partial<T>) => {
    changed.current = { ...changed.current, ...part };
    setDraft((current) => ({ ...current, ...part }));
  };
  const clear = () => {
    setRestored(false);
    sessionStorage.removeItem(key);
  };
  return [draft, change, clear];
}
