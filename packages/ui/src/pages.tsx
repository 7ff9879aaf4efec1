import { Link, useSearchParams } from "@remix-run/react";
import { Button } from "./button.tsx";

/** From page to page of a list; where one is stands in the address. */
export function Pages({ nextCursor }: { nextCursor: string | null }) {
  const [search] = useSearchParams();
  const at = (after: string | null) => {
    const next = new URLSearchParams(search);
    next.delete("after");
    if (after) next.set("after", after);
    return `?${next}`;
  };
  if (!nextCursor && !search.has("after")) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex gap-2">
      {search.has("after") && (
        <Button size="small" asChild>
          <Link to={at(null)}>Newest</Link>
        </Button>
      )}
      {nextCursor && (
        <Button size="small" asChild>
          <Link to={at(nextCursor)}>Older</Link>
        </Button>
      )}
    </nav>
  );
}
