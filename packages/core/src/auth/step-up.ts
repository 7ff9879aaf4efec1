import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { checkOwnPasskey } from "../passkeys/check-own-passkey.ts";
import type { PasskeySystem } from "../passkeys/queries.ts";
import type { Transaction, UserActor } from "../system.ts";
import { checkCode } from "./check-code.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { verifyAuthKey } from "./hash-auth-key.ts";
import type { stepUpInput } from "./schema.ts";
import { proveSession } from "./sessions.ts";

/**
 * The caller shows once more that they are the owner: for ten minutes they may do what is dangerous, under a new cookie.
 * Throws auth.wrong-credentials, auth.wrong-code, passkey.refused, request.too-many.
 */
export async function stepUp(
  sys: PasskeySystem,
  actor: UserActor,
  { proof }: z.infer<typeof stepUpInput>,
): Promise<{ cookie: string }> {
  const prove = async (tx: Transaction) => {
    const cookie = await proveSession(tx, sys, "app", actor.sessionId);
    await recordEvent(tx, sys, actor, {
      action: "auth.step-up",
      targetId: actor.userId,
      details: { by: proof.kind },
    });
    return { cookie };
  };
  if (proof.kind === "totp") return checkCode(sys, actor, proof, "auth.step-up-failed", prove);
  if (proof.kind === "passkey") await checkOwnPasskey(sys, actor, proof, "auth.step-up-failed");
  else await checkPassword(sys, actor, proof.authKey);
  return sys.db.$transaction(prove);
}

async function checkPassword(sys: AuthSystem, actor: UserActor, authKey: string): Promise<void> {
  const { userId } = actor;
  await consumeLimit(sys, actor, "step-up");
  const { passwordHash } = await sys.db.user.findUniqueOrThrow({ where: { id: userId } });
  if (await verifyAuthKey(sys, passwordHash, authKey)) return;
  await recordEvent(sys.db, sys, actor, {
    action: "auth.step-up-failed",
    outcome: "refused",
    targetId: userId,
    details: { by: "password" },
  });
  throw new DomainError("auth.wrong-credentials");
}
