import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { useToast } from "@openclaw-launch/ui/toast";
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { useStepUp } from "~/account/step-up";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

/** Leads to the page that the assistant itself serves, in a tab of its own. */
export function OpenGateway({ instance: { id: instanceId, name } }: { instance: InstanceView }) {
  const prove = useStepUp();
  const toast = useToast();
  const [opening, setOpening] = useState(false);

  async function open() {
    setOpening(true);
    try {
      const link = await prove(`open the control page of ${name}`, () =>
        launch.api.instances.openGateway.mutate({ instanceId }),
      );
      if (link) window.open(link.url, "_blank", "noopener");
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setOpening(false);
    }
  }

  return (
    <Button busy={opening ? "Opening…" : null} onClick={() => void open()}>
      <ExternalLink size={16} aria-hidden />
      Open
    </Button>
  );
}
