import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";

/** For what a link in a mail changes, which opens in another tab: whoever comes back sees it. */
export function useFreshOnReturn(): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    window.addEventListener("focus", revalidate);
    return () => window.removeEventListener("focus", revalidate);
  }, [revalidate]);
}
