import { Button } from "@openclaw-launch/ui/button";
import { isRouteErrorResponse, useRouteError } from "@remix-run/react";
import { textOfCode, textOfError } from "~/errors";

/** Stands in for a page that could not be shown, and leads on. */
export function ErrorPage() {
  const error = useRouteError();
  const missing = isRouteErrorResponse(error) && error.status === 404;
  return (
    <div className="grid justify-items-start gap-4">
      <h1 className="text-2xl font-semibold">
        {missing ? "There is nothing here" : "This page can’t be shown"}
      </h1>
      <p className="text-muted">{explain(error, missing)}</p>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" asChild>
          <a href="/">Go to the overview</a>
        </Button>
        <Button onClick={() => window.location.reload()}>Try again</Button>
      </div>
    </div>
  );
}

function explain(error: unknown, missing: boolean): string {
  if (missing) return "The address may be mistyped.";
  if (!isRouteErrorResponse(error)) return textOfError(error);
  return textOfCode(codeIn(error.data));
}

const codeIn = (failure: unknown): string =>
  typeof failure === "object" && failure !== null && "code" in failure ? String(failure.code) : "internal";
