import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { UserActor } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { lockAccount } from "./queries.ts";
import { writeRecoveryCodes } from "./replace-recovery-codes.ts";
import type { confirmTotpInput } from "./schema.ts";
import { spendTotpCode } from "./spend-totp-code.ts";

/** Turns two-step sign-in on, and returns the recovery codes. Throws totp.not-begun, auth.wrong-code, request.too-many. */
export async function confirmTotp(
  sys: AuthSystem,
  actor: UserActor,
  { code }: z.infer<typeof confirmTotpInput>,
): Promise<{ codes: string[] }> {
  const { userId } = actor;
  await consumeLimit(sys, actor, "second-factor.account", userId);
  const confirmed = await sys.db.$transaction(async (tx) => {
    await lockAccount(tx, userId);
    const offer = await tx.totp.findUnique({ where: { userId } });
    if (!offer || offer.confirmedAt) throw new DomainError("totp.not-begun");
    if (!(await spendTotpCode(tx, sys, userId, code, { confirms: true }))) return null;
    const codes = await writeRecoveryCodes(tx, sys, userId);
    await recordEvent(tx, sys, actor, { action: "auth.totp-enabled", targetId: userId });
    await notifyOwner(tx, sys, userId, { actor, change: "totp-enabled" });
    return { codes };
  });
  if (confirmed) return confirmed;
  await recordEvent(sys.db, sys, actor, {
    action: "auth.totp-refused",
    outcome: "refused",
    targetId: userId,
  });
  throw new DomainError("auth.wrong-code");
}
