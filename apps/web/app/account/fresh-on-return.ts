import { useRefresh } from "@openclaw-launch/ui/refresh";
import { useEffect } from "react";

/** For what a link in a mail changes, which opens in another tab: whoever comes back sees it. */
export function useFreshOnReturn(): void {
  const refresh = useRefresh();
  useEffect(() => {
    window.addEventListener("focus", refresh);
    return () => window.removeEventListener("focus", refresh);
  }, [refresh]);
}
