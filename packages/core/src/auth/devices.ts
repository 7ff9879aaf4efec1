import { hashOf, newSecret, secretInCookie } from "../secrets.ts";
import type { Client, System, Transaction } from "../system.ts";

const name = "__Host-device";
/** How long a browser is known after it signed in last. */
export const deviceDays = 365;

/** What the browser's device cookie is known by; null for a browser that was never signed in. */
export function deviceHashOf(cookies: string): string | null {
  const secret = secretInCookie(cookies, name);
  return secret ? hashOf(secret) : null;
}

/**
 * Remembers the browser that signs in. `isNew`: this account was used before, but never from it; `cookie` is the value of a
 * `Set-Cookie` header.
 */
export async function rememberDevice(
  tx: Transaction,
  sys: System,
  userId: string,
  { deviceHash }: Client,
): Promise<{ isNew: boolean; cookie: string | null }> {
  const usedAt = sys.clock.now();
  const isFirst = (await tx.knownDevice.count({ where: { userId } })) === 0;
  if (deviceHash !== null) {
    const where = { userId_deviceHash: { userId, deviceHash } };
    const known = await tx.knownDevice.findUnique({ where });
    await tx.knownDevice.upsert({ where, create: { userId, deviceHash, usedAt }, update: { usedAt } });
    return { isNew: known === null && !isFirst, cookie: null };
  }
  const secret = newSecret(sys);
  await tx.knownDevice.create({ data: { userId, deviceHash: hashOf(secret), usedAt } });
  const cookie = `${name}=${secret}; HttpOnly; Max-Age=${deviceDays * 86_400}; Path=/; SameSite=Lax; Secure`;
  return { isNew: !isFirst, cookie };
}
