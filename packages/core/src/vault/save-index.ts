import { DomainError } from "../errors.ts";
import type { OwnerActor, System, Transaction } from "../system.ts";
import { bytesOf, lockVault, sameBytes } from "./queries.ts";
import { placeOf } from "./rules.ts";
import type { VaultIndexRevision } from "./schema.ts";

/** Replaces the list by its next revision; throws vault.revision-conflict as `saveConfig` does. */
export async function saveIndex(sys: System, actor: OwnerActor, index: VaultIndexRevision): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    await lockVault(tx, actor);
    await replaceIndex(tx, sys, actor, index);
  });
}

/** As a part of what else changes in a locked vault. */
export async function replaceIndex(
  tx: Transaction,
  sys: System,
  { userId }: OwnerActor,
  index: VaultIndexRevision,
): Promise<void> {
  const { revision } = index;
  const envelope = bytesOf(index.envelope);
  const existing = await tx.vaultIndex.findUnique({ where: { userId } });
  const current = existing?.revision ?? 0;
  const place = placeOf(revision, current);
  if (existing && place === "repeated" && sameBytes(existing.envelope, envelope)) return;
  if (place !== "next") throw new DomainError("vault.revision-conflict", { revision: current });
  const content = { revision, envelope, updatedAt: sys.clock.now() };
  await tx.vaultIndex.upsert({ where: { userId }, create: { userId, ...content }, update: content });
}
