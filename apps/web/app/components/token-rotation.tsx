import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { useToast } from "@openclaw-launch/ui/toast";
import { RefreshCw } from "lucide-react";
import { useRef, useState } from "react";
import { useStepUp } from "~/account/step-up";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { useLiveInstances } from "~/live/instances";

/** Replaces the secret that opens an assistant's gateway. */
export function TokenRotation({ instance }: { instance: InstanceView }) {
  const { rotate, asking, setAsking, sending } = useRotation(instance);
  const revokesDevices = useRef<HTMLInputElement>(null);
  const { name, operation } = instance;
  const last = operation?.kind === "rotate" ? operation : null;
  const underWay = last?.state === "queued" || last?.state === "running";

  return (
    <>
      <Card
        title="Gateway token"
        hint={
          last?.state === "succeeded" && last.finishedAt ? (
            <>
              New <RelativeTime date={last.finishedAt} />. The old one opens nothing any more.
            </>
          ) : (
            `The secret behind ${name}’s own control page. Rotate it when somebody else may know it.`
          )
        }
        actions={
          <Button busy={underWay ? "Rotating…" : null} onClick={() => setAsking(true)}>
            <RefreshCw size={16} aria-hidden />
            Rotate
          </Button>
        }
      />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Rotate the gateway token of ${name}?`}
        description={`The old token is refused within five seconds, and every page that ${name} itself serves is closed: open it again from here. ${name} goes on running.`}
        action="Rotate now"
        busy={sending ? "Rotating…" : null}
        onConfirm={() => void rotate(revokesDevices.current?.checked === true)}
      >
        <label className="flex items-start gap-3">
          <input ref={revokesDevices} type="checkbox" className="mt-0.5 size-5 shrink-0 accent-text" />
          <span>
            Revoke all devices too
            <span className="block text-muted">Each of them has to ask for access again.</span>
          </span>
        </label>
      </ConfirmDialog>
    </>
  );
}

function useRotation({ id: instanceId, name }: InstanceView) {
  const prove = useStepUp();
  const { note } = useLiveInstances();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const [sending, setSending] = useState(false);

  async function rotate(revokeDevices: boolean) {
    setSending(true);
    const wish = { instanceId, operationId: crypto.randomUUID(), revokeDevices };
    try {
      // The question who sits there must not lie under this one.
      setAsking(false);
      const changed = await prove(`rotate the gateway token of ${name}`, () =>
        launch.api.instances.rotateGatewayToken.mutate(wish),
      );
      if (changed) note(changed);
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setSending(false);
    }
  }
  return { rotate, asking, setAsking, sending };
}
