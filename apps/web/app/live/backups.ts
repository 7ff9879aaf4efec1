import type { BackupView } from "@openclaw-launch/core/backups/schema";
import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { useRefresh } from "@openclaw-launch/ui/refresh";
import { useToast } from "@openclaw-launch/ui/toast";
import { useEffect, useRef, useState } from "react";
import { useStepUp } from "~/account/step-up";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { useLiveInstances } from "./instances";

/** What an owner does with the backups of an assistant. The page loads its list anew whenever one of them may have changed. */
export function useBackups(instance: InstanceView) {
  const { note } = useLiveInstances();
  const refresh = useRefresh();
  const prove = useStepUp();
  const toast = useToast();
  const [busy, setBusy] = useState<"run" | "restore" | "remove" | null>(null);
  const { id, name, operation } = instance;

  const underWay = operation?.state === "queued" || operation?.state === "running";
  // Whoever begins a restore leaves for the page that shows it, which loading this one anew would interrupt.
  const progress = underWay && operation.kind !== "backup" ? null : `${operation?.id} ${operation?.state}`;
  const seen = useRef(progress);
  useEffect(() => {
    if (progress === null || seen.current === progress) return;
    seen.current = progress;
    void refresh();
  }, [progress, refresh]);

  /** Whether it was done. */
  async function act(wish: NonNullable<typeof busy>, action: () => Promise<object | null>): Promise<boolean> {
    if (busy) return false;
    setBusy(wish);
    try {
      return (await action()) !== null;
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
      return false;
    } finally {
      setBusy(null);
    }
  }

  return {
    busy,
    underWay,
    run: () =>
      act("run", async () => {
        const changed = await launch.api.instances.backups.run.mutate({
          instanceId: id,
          operationId: crypto.randomUUID(),
        });
        note(changed);
        return changed;
      }),
    /** `targetId`: the assistant that gets the state. */
    restore: (backup: BackupView, targetId: string) =>
      act("restore", async () => {
        const wish = { instanceId: targetId, operationId: crypto.randomUUID(), backupId: backup.id };
        const changed = await prove(`restore a backup of ${name}`, () =>
          launch.api.instances.backups.restore.mutate(wish),
        );
        if (changed) note(changed);
        return changed;
      }),
    remove: (backup: BackupView) =>
      act("remove", async () => {
        const removed = await prove(`remove a backup of ${name}`, () =>
          launch.api.instances.backups.remove.mutate({ instanceId: id, backupId: backup.id }),
        );
        if (removed) void refresh();
        return removed;
      }),
  };
}
