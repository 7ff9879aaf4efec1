import { useHydrated } from "./hydrated.ts";

/** While the page's code is on its way, says what the form waits for. */
export function WaitForCode() {
  if (useHydrated()) return null;
  return (
    <p className="text-[0.9em] text-muted">
      Loading the encryption that runs in your browser…
      <noscript> It needs JavaScript: please allow it for this site.</noscript>
    </p>
  );
}
