import { DomainError } from "../errors.ts";
import type { InstanceBackup } from "../generated/prisma/client.ts";
import type { Database, OwnerActor, System, Transaction } from "../system.ts";
import { expiryOf, mostOnDemand } from "./rules.ts";
import type { BackupView } from "./schema.ts";

/** Another's backup, one that is gone and an unknown id are the same answer. */
export async function ownBackup(
  db: Database | Transaction,
  actor: OwnerActor,
  backupId: string,
): Promise<InstanceBackup> {
  const found = await db.instanceBackup.findFirst({
    where: { id: backupId, instance: { ownerId: actor.userId, status: { not: "removed" } } },
  });
  if (!found) throw new DomainError("backup.missing");
  return found;
}

export async function requireRoom(tx: Transaction, instanceId: string): Promise<void> {
  const count = await tx.instanceBackup.count({
    where: { instanceId, kind: "onDemand", state: { not: "failed" } },
  });
  if (count >= mostOnDemand) throw new DomainError("backup.limit-reached", { limit: mostOnDemand });
}

type Begun = Pick<InstanceBackup, "id" | "instanceId" | "hostId" | "kind">;

/** The row comes before the file: a file without one is nobody's. */
export async function beginBackup(tx: Database | Transaction, sys: System, backup: Begun): Promise<void> {
  const now = sys.clock.now();
  const { image, version } = await tx.instance.findUniqueOrThrow({ where: { id: backup.instanceId } });
  await tx.instanceBackup.create({
    data: { ...backup, image, version, state: "making", createdAt: now, expiresAt: expiryOf(now) },
  });
}

export const backupView = ({
  id,
  kind,
  state,
  version,
  sizeBytes,
  createdAt,
  expiresAt,
}: InstanceBackup): BackupView => ({
  id,
  kind,
  state,
  version,
  sizeBytes: sizeBytes === null ? null : Number(sizeBytes),
  createdAt,
  expiresAt,
});
