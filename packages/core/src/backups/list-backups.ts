import { ownInstance } from "../instances/queries.ts";
import type { OwnerActor, System } from "../system.ts";
import { backupView } from "./queries.ts";
import type { BackupView } from "./schema.ts";

/** Newest first. They are few: a week's, and those that the owner asked for. */
export async function listBackups(
  sys: System,
  actor: OwnerActor,
  { instanceId }: { instanceId: string },
): Promise<BackupView[]> {
  await ownInstance(sys.db, actor, instanceId);
  const rows = await sys.db.instanceBackup.findMany({
    where: { instanceId, expiresAt: { gt: sys.clock.now() } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  return rows.map(backupView);
}
