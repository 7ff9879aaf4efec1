import { isUnanswered } from "@openclaw-launch/sdk/errors";
import { Notice } from "@openclaw-launch/ui/notice";
import { textOfError } from "~/errors";

/** Why something wasn't done, as `title` says. When no answer came, it may have been done all the same. */
export function Refusal({ title, error }: { title: string; error: unknown }) {
  return (
    <Notice tone="bad" title={isUnanswered(error) ? "We don’t know whether this was done" : title}>
      {textOfError(error)}
    </Notice>
  );
}
