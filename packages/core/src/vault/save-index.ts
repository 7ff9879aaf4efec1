import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { OwnerActor, System, Transaction } from "../system.ts";
import { bytesOf, lockVault, newestIndex, sameBytes } from "./queries.ts";
import { outdated, placeOf } from "./rules.ts";
import type { VaultIndexRevision } from "./schema.ts";

/** Keeps the next revision of the list; throws vault.revision-conflict as `saveConfig` does. */
export async function saveIndex(sys: System, actor: OwnerActor, index: VaultIndexRevision): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    await lockVault(tx, actor);
    if (!(await replaceIndex(tx, sys, actor, index))) return;
    const { revision } = index;
    await recordEvent(tx, sys, actor, { action: "vault.index-saved", details: { revision } });
  });
}

/** As a part of what else changes in a locked vault. False: it stood already. */
export async function replaceIndex(
  tx: Transaction,
  sys: System,
  { userId }: OwnerActor,
  index: VaultIndexRevision,
): Promise<boolean> {
  const { revision } = index;
  const envelope = bytesOf(index.envelope);
  const existing = await newestIndex(tx, userId);
  const current = existing?.revision ?? 0;
  const place = placeOf(revision, current);
  if (existing && place === "repeated" && sameBytes(existing.envelope, envelope)) return false;
  if (place !== "next") throw new DomainError("vault.revision-conflict", { revision: current });
  const createdAt = sys.clock.now();
  await tx.vaultIndex.create({ data: { userId, revision, envelope, createdAt } });
  const kept = await tx.vaultIndex.findMany({
    where: { userId },
    select: { revision: true, createdAt: true },
    orderBy: { revision: "desc" },
  });
  await tx.vaultIndex.deleteMany({ where: { userId, revision: { in: outdated(kept, createdAt) } } });
  return true;
}
