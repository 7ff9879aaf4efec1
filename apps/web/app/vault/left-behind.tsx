import { Button } from "@openclaw-launch/ui/button";
import { Notice } from "@openclaw-launch/ui/notice";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { Link } from "@remix-run/react";

type LeftBehindProps = {
  configs: { id: string; leftAt: Date; erasedAt: Date }[];
  /** That still run with one of them. */
  assistants: { id: string; name: string }[];
};

/** What a reset of the password put out of reach, and how to go on. */
export function LeftBehind({ configs, assistants }: LeftBehindProps) {
  const [latest] = configs;
  if (!latest) return null;
  const one = configs.length === 1;
  return (
    <Notice
      tone={assistants.length > 0 ? "warn" : "info"}
      title={
        one
          ? "A configuration from before can’t be opened any more"
          : `${configs.length} configurations from before can’t be opened any more`
      }
    >
      <p>
        You reset your password <RelativeTime date={latest.leftAt} />, and {one ? "it was" : "they were"}{" "}
        encrypted with the old one. We erase {one ? "it" : "them"} <RelativeTime date={latest.erasedAt} />.
      </p>
      {assistants.length > 0 && (
        <>
          <p className="mt-2">
            {assistants.length === 1 ? "This assistant goes" : "These assistants go"} on running as before. To
            change something, enter the settings again:
          </p>
          <ul className="mt-2 flex flex-wrap gap-2">
            {assistants.map(({ id, name }) => (
              <li key={id}>
                <Button size="small" asChild>
                  <Link to={`/assistants/${id}/settings`}>Set up {name} again</Link>
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
}
