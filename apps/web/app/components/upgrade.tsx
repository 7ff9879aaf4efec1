import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { Notice } from "@openclaw-launch/ui/notice";
import { useState } from "react";
import { textOfCode } from "~/errors";
import { useCommands } from "~/live/commands";

/** A newer OpenClaw, where an assistant's machine has one; and why it isn't in it, where the last try failed. */
export function Upgrade({ instance }: { instance: InstanceView }) {
  const { command, pending } = useCommands();
  const [asking, setAsking] = useState(false);
  const { name, version, upgrade, operation } = instance;
  if (upgrade === null || version === null) return null;
  const underWay = operation?.state === "queued" || operation?.state === "running";
  const failed = operation?.kind === "upgrade" && operation.state === "failed";

  return (
    <>
      <Notice
        tone={failed ? "bad" : "warn"}
        title={failed ? `${name} was not upgraded: it is as it was before` : `OpenClaw ${upgrade} is there`}
        action={
          <Button size="small" disabled={underWay} onClick={() => setAsking(true)}>
            {failed ? "Try again" : "Upgrade"}
          </Button>
        }
      >
        {failed ? textOfCode(operation.error) : `${name} runs in ${version}.`}
      </Notice>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Upgrade ${name} to OpenClaw ${upgrade}?`}
        description={`It is backed up and starts anew, which takes about a minute. If it isn’t well in the new version, it goes back to ${version} with everything that it remembers.`}
        action="Upgrade"
        busy={pending.get(instance.id) === "upgrade" ? "Upgrading…" : null}
        onConfirm={async () => {
          if (await command("upgrade", instance)) setAsking(false);
        }}
      />
    </>
  );
}
