import type { Transaction } from "../system.ts";
import { type AuthSystem, deriveSecret } from "./derive-secret.ts";

/** The name under which a code of this account is stored. */
export const recoveryCodeHash = (sys: AuthSystem, userId: string, code: string): string =>
  deriveSecret(sys, "recovery-code", `${userId}|${code}`).toString("base64url");

/** Whether this is an unused code of the account; from now on it is used. */
export async function spendRecoveryCode(
  tx: Transaction,
  sys: AuthSystem,
  userId: string,
  code: string,
): Promise<boolean> {
  const { count } = await tx.recoveryCode.updateMany({
    where: { codeHash: recoveryCodeHash(sys, userId, code), userId, usedAt: null },
    data: { usedAt: sys.clock.now() },
  });
  return count === 1;
}
