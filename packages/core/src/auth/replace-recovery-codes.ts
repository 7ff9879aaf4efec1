import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { Transaction, UserActor } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { secondFactorsOf } from "./queries.ts";
import { recoveryCodeHash } from "./spend-recovery-code.ts";

const count = 10;
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
/** 80 bits: nobody guesses one, so a fast hash is enough. */
const length = 16;

/** Recovery codes without a second factor recover nothing. */
export async function dropNeedlessRecoveryCodes(tx: Transaction, userId: string): Promise<void> {
  if ((await secondFactorsOf(tx, userId)).length === 0)
    await tx.recoveryCode.deleteMany({ where: { userId } });
}

/** Ten new codes; those before work no more. They are shown this once. Throws auth.method-missing without a second factor. */
export async function replaceRecoveryCodes(sys: AuthSystem, actor: UserActor): Promise<{ codes: string[] }> {
  return sys.db.$transaction(async (tx) => {
    if ((await secondFactorsOf(tx, actor.userId)).length === 0) throw new DomainError("auth.method-missing");
    const codes = await writeRecoveryCodes(tx, sys, actor.userId);
    await recordEvent(tx, sys, actor, { action: "auth.recovery-codes-replaced", targetId: actor.userId });
    await notifyOwner(tx, sys, actor.userId, { actor, change: "recovery-codes-replaced" });
    return { codes };
  });
}

export async function writeRecoveryCodes(
  tx: Transaction,
  sys: AuthSystem,
  userId: string,
): Promise<string[]> {
  const codes = Array.from({ length: count }, () =>
    [...sys.random.bytes(length)].map((byte) => alphabet[byte % alphabet.length]).join(""),
  );
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({
      codeHash: recoveryCodeHash(sys, userId, code),
      userId,
      createdAt: sys.clock.now(),
    })),
  });
  return codes.map((code) => code.match(/.{4}/g)?.join("-") ?? code);
}
