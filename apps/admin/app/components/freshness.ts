import { useRefresh } from "@openclaw-launch/ui/refresh";
import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";

const everyMs = 5000;

/** Reads the page's data again every few seconds while it is looked at. False while the server doesn't answer. */
export function useFreshness(): boolean {
  const { state } = useRevalidator();
  const refresh = useRefresh();
  const [fresh, setFresh] = useState(true);
  const busy = useRef(false);
  busy.current = state === "loading";

  useEffect(() => {
    const look = async () => {
      if (!document.hidden && !busy.current) setFresh(await refresh());
    };
    const timer = setInterval(look, everyMs);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [refresh]);

  return fresh;
}
