import type { Transaction } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { openSecret } from "./seal-secret.ts";
import { stepOfCode } from "./totp.ts";

/** Where the secret of an account lies; it is sealed for this place. */
export const totpPlace = (userId: string) => `Totp|secret|${userId}|${userId}`;

/**
 * Whether this is a code of the account's app that was not accepted before. Of twenty at the same moment one is: the last accepted
 * step only ever grows, whatever the clock does. `confirms`: the app is on only with this code.
 */
export async function spendTotpCode(
  tx: Transaction,
  sys: AuthSystem,
  userId: string,
  code: string,
  { confirms = false }: { confirms?: boolean } = {},
): Promise<boolean> {
  const now = sys.clock.now();
  const totp = await tx.totp.findUnique({ where: { userId } });
  if (!totp || (totp.confirmedAt === null) !== confirms) return false;
  const secret = openSecret(sys, totpPlace(userId), totp.secret);
  const step = await stepOfCode(secret, code, { now, after: totp.lastStep });
  if (step === null) return false;
  const { count } = await tx.totp.updateMany({
    where: { userId, secret: totp.secret, lastStep: { lt: step } },
    data: { lastStep: step, ...(confirms && { confirmedAt: now }) },
  });
  return count === 1;
}
