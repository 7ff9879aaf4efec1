import { useRevalidator } from "@remix-run/react";
import { useCallback } from "react";

/** Reads the page's data again, while the server answers; whether it does. */
export function useRefresh(): () => Promise<boolean> {
  const { revalidate } = useRevalidator();
  return useCallback(async () => {
    // A page whose data can't be read becomes an error page, and all that was typed and shown on it is gone: ask first.
    const ready = await fetch("/readyz").then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) revalidate();
    return ready;
  }, [revalidate]);
}
