import { Button } from "@openclaw-launch/ui/button";
import { isRouteErrorResponse } from "@remix-run/react";
import { failureIn, textOf, textOfError } from "~/errors";

/** Stands in for a page that could not be shown, and leads on. */
export function ErrorPage({ error, missing }: { error: unknown; missing: boolean }) {
  const failure = isRouteErrorResponse(error) ? failureIn(error.data) : null;
  const mistyped = "The address may be mistyped, or what was here is gone.";
  const explained = failure ? textOf(failure) : missing ? mistyped : textOfError(error);
  return (
    <div className="grid justify-items-start gap-4">
      <h1 className="text-2xl font-semibold">
        {missing ? "There is nothing here" : "This page can’t be shown"}
      </h1>
      <p className="text-muted">{explained}</p>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" asChild>
          <a href="/assistants">Go to your assistants</a>
        </Button>
        {!missing && (
          <Button asChild>
            <a href="?">Try again</a>
          </Button>
        )}
      </div>
    </div>
  );
}
