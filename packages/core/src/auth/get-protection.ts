import type { z } from "zod";
import type { System, UserActor } from "../system.ts";
import type { protection } from "./schema.ts";

/** What protects the caller's account. */
export async function getProtection(sys: System, { userId }: UserActor): Promise<z.infer<typeof protection>> {
  const { emailVerifiedAt, passwordHash, totp, _count } = await sys.db.user.findUniqueOrThrow({
    where: { id: userId },
    include: { totp: true, _count: { select: { recoveryCodes: { where: { usedAt: null } } } } },
  });
  return {
    emailVerifiedAt,
    hasPassword: passwordHash !== null,
    totpSince: totp?.confirmedAt ?? null,
    recoveryCodesLeft: _count.recoveryCodes,
  };
}
