import type { Transaction } from "../system.ts";

/** Wakes whoever watches the instance, once the transaction is committed (`adapters/changes.ts` listens). */
export async function announceInstance(tx: Transaction, instanceId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify('instance_changed', ${instanceId})`;
}
