import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { lockOwnInstance, unfinished } from "../instances/queries.ts";
import type { OwnerActor, System } from "../system.ts";
import { ownBackup } from "./queries.ts";
import type { removeBackupInput } from "./schema.ts";

/** With the row goes the only key of the file, which its host then sweeps away. */
export async function removeBackup(
  sys: System,
  actor: OwnerActor,
  { instanceId, backupId }: z.infer<typeof removeBackupInput>,
): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    await lockOwnInstance(tx, actor, instanceId);
    const backup = await ownBackup(tx, actor, backupId);
    if (backup.instanceId !== instanceId) throw new DomainError("backup.missing");
    const user = await tx.operation.findFirst({
      where: { ...unfinished, OR: [{ id: backupId }, { backupId }] },
    });
    const laid = await tx.instance.findFirst({ where: { laysBackupId: backupId } });
    if (user || laid) throw new DomainError("instance.busy");
    await tx.instanceBackup.delete({ where: { id: backupId } });
    await recordEvent(tx, sys, actor, {
      action: "instance.backup-removed",
      targetId: instanceId,
      details: { backupId },
    });
  });
}
