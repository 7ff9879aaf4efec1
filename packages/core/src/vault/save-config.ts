import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { VaultConfig } from "../generated/prisma/client.ts";
import type { OwnerActor, System, Transaction } from "../system.ts";
import { bytesOf, configView, lockVault, sameBytes } from "./queries.ts";
import { configsPerUser, outdated, placeOf } from "./rules.ts";
import type { ConfigRevision, configSummary } from "./schema.ts";

/**
 * Keeps the next revision. Whoever saves on an outdated one is told so and nothing is overwritten:
 * vault.revision-conflict with the current `revision`. A repeat of the same save is one save. What a reset left behind under the
 * same id makes way for the first revision in the new vault.
 */
export async function saveConfig(
  sys: System,
  actor: OwnerActor,
  { id, revision, ...texts }: ConfigRevision,
): Promise<z.infer<typeof configSummary>> {
  const content = { wrappedKey: bytesOf(texts.wrappedKey), envelope: bytesOf(texts.envelope) };
  return sys.db.$transaction(async (tx) => {
    await lockVault(tx, actor);
    const stored = await tx.vaultConfig.findUnique({ where: { id } });
    if (stored && stored.userId !== actor.userId) throw new DomainError("vault.config-missing");
    if (stored?.staleAt) await tx.vaultConfig.delete({ where: { id } });
    const existing = stored?.staleAt ? null : stored;
    const current = existing?.revision ?? 0;
    const place = placeOf(revision, current);
    if (existing && place === "repeated" && (await isStored(tx, existing, content)))
      return configView(existing);
    if (place !== "next") {
      if (!existing) throw new DomainError("vault.config-missing");
      throw new DomainError("vault.revision-conflict", { revision: current });
    }

    const now = sys.clock.now();
    const saved = existing
      ? await tx.vaultConfig.update({ where: { id }, data: { revision, updatedAt: now } })
      : await createConfig(tx, actor, id, now);
    await tx.vaultConfigRevision.create({ data: { configId: id, revision, ...content, createdAt: now } });
    const kept = await tx.vaultConfigRevision.findMany({
      where: { configId: id },
      select: { revision: true, createdAt: true },
      orderBy: { revision: "desc" },
    });
    await tx.vaultConfigRevision.deleteMany({
      where: { configId: id, revision: { in: outdated(kept, now) } },
    });
    await recordEvent(tx, sys, actor, { action: "vault.config-saved", targetId: id, details: { revision } });
    return configView(saved);
  });
}

type Content = { wrappedKey: Uint8Array<ArrayBuffer>; envelope: Uint8Array<ArrayBuffer> };

async function isStored(tx: Transaction, { id, revision }: VaultConfig, content: Content): Promise<boolean> {
  const stored = await tx.vaultConfigRevision.findUniqueOrThrow({
    where: { configId_revision: { configId: id, revision } },
  });
  return sameBytes(stored.envelope, content.envelope) && sameBytes(stored.wrappedKey, content.wrappedKey);
}

async function createConfig(
  tx: Transaction,
  { userId }: OwnerActor,
  id: string,
  now: Date,
): Promise<VaultConfig> {
  const count = await tx.vaultConfig.count({ where: { userId, staleAt: null } });
  if (count >= configsPerUser) throw new DomainError("vault.limit-reached", { limit: configsPerUser });
  return tx.vaultConfig.create({ data: { id, userId, revision: 1, createdAt: now, updatedAt: now } });
}
