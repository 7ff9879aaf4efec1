import type { z } from "zod";
import { DomainError } from "../errors.ts";
import { commandInstance } from "../instances/command-instance.ts";
import { ownInstance } from "../instances/queries.ts";
import type { InstanceView } from "../instances/schema.ts";
import type { OwnerActor, System } from "../system.ts";
import { ownBackup } from "./queries.ts";
import type { restoreInput } from "./schema.ts";

/** Gives an instance the state of a backup, of itself or of another of the same owner. What it had is kept as a backup. */
export async function restoreBackup(
  sys: System,
  actor: OwnerActor,
  { backupId, ...command }: z.infer<typeof restoreInput>,
): Promise<InstanceView> {
  await ownInstance(sys.db, actor, command.instanceId);
  const backup = await ownBackup(sys.db, actor, backupId);
  if (backup.state !== "ready") throw new DomainError("backup.missing");
  return commandInstance(sys, actor, "restore", command, { backupId });
}
