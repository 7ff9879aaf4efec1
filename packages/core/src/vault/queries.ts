import type { z } from "zod";
import { DomainError } from "../errors.ts";
import type { VaultConfig, VaultIndex } from "../generated/prisma/client.ts";
import type { Database, OwnerActor, Transaction } from "../system.ts";
import type { configSummary } from "./schema.ts";

/** Another's configuration, one of a vault that was left behind, and an unknown id are the same answer. */
export async function ownConfig(
  db: Database | Transaction,
  actor: OwnerActor,
  id: string,
): Promise<VaultConfig> {
  const config = await db.vaultConfig.findFirst({ where: { id, userId: actor.userId, staleAt: null } });
  if (!config) throw new DomainError("vault.config-missing");
  return config;
}

/** Of those before `before`, where that is given. */
export const newestIndex = (
  db: Database | Transaction,
  userId: string,
  before?: number,
): Promise<VaultIndex | null> =>
  db.vaultIndex.findFirst({
    where: { userId, ...(before !== undefined && { revision: { lt: before } }) },
    orderBy: { revision: "desc" },
  });

/** Saves of one vault follow one another until the transaction ends. */
export async function lockVault(tx: Transaction, actor: OwnerActor): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "User" WHERE id = ${actor.userId}::uuid FOR UPDATE`;
}

export function configView({
  id,
  revision,
  createdAt,
  updatedAt,
}: VaultConfig): z.infer<typeof configSummary> {
  return { id, revision, createdAt, updatedAt };
}

export const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, "base64"));
export const base64Of = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
export const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** The row of the slot that a password opens, but for its owner. */
export const passwordSlot = ({ id, envelope }: { id: string; envelope: string }, createdAt: Date) => ({
  id,
  kind: "password" as const,
  envelope: bytesOf(envelope),
  createdAt,
});
