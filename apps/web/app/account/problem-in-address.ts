import { useToast } from "@openclaw-launch/ui/toast";
import { useSearchParams } from "@remix-run/react";
import { useEffect } from "react";
import { textOfCode } from "~/errors";

/** Tells whoever comes back from a provider with a refusal, wherever they had left from. */
export function useProblemInAddress(): void {
  const toast = useToast();
  const [search, setSearch] = useSearchParams();
  const code = search.get("problem");
  useEffect(() => {
    if (code === null) return;
    const text = textOfCode(code);
    if (text) toast({ tone: "bad", text });
    const rest = new URLSearchParams(search);
    rest.delete("problem");
    setSearch(rest, { replace: true, preventScrollReset: true });
  }, [code, search, toast, setSearch]);
}
