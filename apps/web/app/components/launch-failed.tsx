import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Notice } from "@openclaw-launch/ui/notice";
import { Link, useLocation } from "@remix-run/react";
import { textOfCode } from "~/errors";

/** Over an assistant that goes on as it was, since its new settings could not even be opened. */
export function LaunchFailed({ instance: { id, name, status, operation } }: { instance: InstanceView }) {
  const settings = `/assistants/${id}/settings`;
  const { pathname } = useLocation();
  if (status !== "running" || operation?.kind !== "deploy" || operation.state !== "failed") return null;
  return (
    <div className="mb-4">
      <Notice
        tone="bad"
        title={`The new settings were not launched: ${name} runs as before`}
        action={
          pathname !== settings && (
            <Button size="small" asChild>
              <Link to={settings}>To the settings</Link>
            </Button>
          )
        }
      >
        {textOfCode(operation.error)}
      </Notice>
    </div>
  );
}
