import type { System } from "../system.ts";
import { daysLeftBehind } from "../vault/rules.ts";
import { deviceDays } from "./devices.ts";

const dayMs = 86_400_000;

/** Deletes what has run out: nothing of it works any more. */
export async function cleanUp(sys: System): Promise<void> {
  const now = sys.clock.now();
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
  const expired = { where: { expiresAt: { lte: now } } };
  const stale = { where: { staleAt: { lte: daysAgo(daysLeftBehind) } } };
  const { db } = sys;
  const deleted = {
    vaultSlots: await db.vaultSlot.deleteMany(stale),
    vaultConfigs: await db.vaultConfig.deleteMany(stale),
    mailTokens: await db.mailToken.deleteMany(expired),
    challenges: await db.challenge.deleteMany(expired),
    providerAttempts: await db.providerAttempt.deleteMany(expired),
    sessions: await db.session.deleteMany(expired),
    adminInvitations: await db.adminInvitation.deleteMany(expired),
    knownDevices: await db.knownDevice.deleteMany({ where: { usedAt: { lte: daysAgo(deviceDays) } } }),
    rateLimits: await db.rateLimit.deleteMany({ where: { expire: { lte: now } } }),
  };
  const counts = Object.fromEntries(Object.entries(deleted).map(([name, { count }]) => [name, count]));
  sys.log.info(counts, "cleaned up");
}
