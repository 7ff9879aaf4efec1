import { useEffect, useState } from "react";

/** State that a reload keeps, in this tab only. Never for secrets. `clear` forgets it. */
export function useDraft<T extends object>(
  key: string,
  initial: () => T,
): [T, (change: Partial<T>) => void, () => void] {
  const [draft, setDraft] = useState(initial);
  const [restored, setRestored] = useState(false);

  useEffect(() => {
    const kept = sessionStorage.getItem(key);
    if (kept) setDraft((current) => ({ ...current, ...JSON.parse(kept) }));
    setRestored(true);
  }, [key]);

  useEffect(() => {
    if (restored) sessionStorage.setItem(key, JSON.stringify(draft));
  }, [key, draft, restored]);

  const change = (part: Partial<T>) => setDraft((current) => ({ ...current, ...part }));
  const clear = () => {
    setRestored(false);
    sessionStorage.removeItem(key);
  };
  return [draft, change, clear];
}
