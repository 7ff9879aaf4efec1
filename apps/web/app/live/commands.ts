import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { useToast } from "@openclaw-launch/ui/toast";
import { useState } from "react";
import { useStepUp } from "~/account/step-up";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { useLiveInstances } from "./instances";

export type CommandName = "start" | "stop" | "restart" | "kill" | "remove" | "upgrade";

/** Gives commands to assistants; a refusal is told in words. `pending` is the command on its way, per assistant. */
export function useCommands() {
  const { note } = useLiveInstances();
  const prove = useStepUp(); // only a deletion asks for it
  const toast = useToast();
  const [pending, setPending] = useState<ReadonlyMap<string, CommandName>>(new Map());

  /** Whether the command was accepted. */
  async function command(name: CommandName, instance: InstanceView): Promise<boolean> {
    if (pending.has(instance.id)) return false;
    setPending((before) => new Map(before).set(instance.id, name));
    try {
      const wish = { instanceId: instance.id, operationId: crypto.randomUUID() };
      const changed = await prove(`delete ${instance.name}`, () => launch.api.instances[name].mutate(wish));
      if (changed) note(changed);
      return changed !== null;
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
      return false;
    } finally {
      setPending((before) => new Map([...before].filter(([id]) => id !== instance.id)));
    }
  }
  return { command, pending };
}
