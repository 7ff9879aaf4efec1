import { recordEvent } from "../audit/record-event.ts";
import type { AuditAction } from "../audit/schema.ts";
import { DomainError } from "../errors.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import type { HalfActor, MailLinkActor, UserActor } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import type { CodeProof } from "./schema.ts";
import { spendRecoveryCode } from "./spend-recovery-code.ts";
import { spendTotpCode } from "./spend-totp-code.ts";

/**
 * Accepts a code of the account, once: what was accepted here is refused ever after, also when two come at the same moment.
 * Guesses are counted for the account, from wherever they come. Throws auth.wrong-code, request.too-many.
 */
export async function checkCode(
  sys: AuthSystem,
  actor: HalfActor | UserActor | MailLinkActor,
  proof: CodeProof,
  failure: AuditAction,
): Promise<void> {
  await consumeLimit(sys, actor, "second-factor.account", actor.userId);
  const accepted =
    proof.kind === "totp"
      ? await spendTotpCode(sys, actor.userId, proof.code)
      : await spendRecoveryCode(sys, actor.userId, proof.code);
  if (accepted) return;
  await recordEvent(sys.db, sys, actor, {
    action: failure,
    outcome: "refused",
    targetId: actor.userId,
    details: { factor: proof.kind },
  });
  throw new DomainError("auth.wrong-code");
}
