import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";

const everyMs = 5000;

/** Reads the page's data again every few seconds while it is looked at. False while the server doesn't answer. */
export function useFreshness(): boolean {
  const { revalidate, state } = useRevalidator();
  const [fresh, setFresh] = useState(true);
  const busy = useRef(false);
  busy.current = state === "loading";

  useEffect(() => {
    const refresh = async () => {
      if (document.hidden || busy.current) return;
      // A page whose data can't be read becomes an error page: ask first, and keep what is shown.
      const ready = await fetch("/readyz").then(
        ({ ok }) => ok,
        () => false,
      );
      setFresh(ready);
      if (ready) revalidate();
    };
    const timer = setInterval(refresh, everyMs);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [revalidate]);

  return fresh;
}
