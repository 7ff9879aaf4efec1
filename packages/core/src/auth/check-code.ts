import { recordEvent } from "../audit/record-event.ts";
import type { AuditAction } from "../audit/schema.ts";
import { DomainError } from "../errors.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { HalfActor, MailLinkActor, Transaction, UserActor } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { lockAccount } from "./queries.ts";
import type { CodeProof } from "./schema.ts";
import { spendRecoveryCode } from "./spend-recovery-code.ts";
import { spendTotpCode } from "./spend-totp-code.ts";

const dayMs = 86_400_000;
/** Wrong codes of a day that are more than a slip. */
const worryingCodes = 5;
const limitsOf = {
  totp: ["second-factor.account", "second-factor.day"],
  "recovery-code": ["recovery-code.account"],
} as const;

type Guesser = HalfActor | UserActor | MailLinkActor;

/**
 * Spends a code of the account and makes the change that it allows, both or neither: what was accepted here is refused ever after,
 * also when two come at the same moment. Guesses are counted for the account, from wherever they come.
 * Throws auth.wrong-code, request.too-many, and what the change throws.
 */
export async function checkCode<T>(
  sys: AuthSystem,
  actor: Guesser,
  proof: CodeProof,
  failure: AuditAction,
  change: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (const limit of limitsOf[proof.kind]) await consumeLimit(sys, actor, limit, actor.userId);
  const accepted = await sys.db.$transaction(async (tx) => {
    await lockAccount(tx, actor.userId);
    if (!(await spendCode(tx, sys, actor, proof))) return null;
    return { changed: await change(tx) };
  });
  if (accepted) return accepted.changed;
  await sys.db.$transaction((tx) => noteWrongCode(tx, sys, actor, proof, failure));
  throw new DomainError("auth.wrong-code");
}

/** Guessing does not stay between the guesser and the log: the owner hears of it, once a day. */
async function noteWrongCode(
  tx: Transaction,
  sys: AuthSystem,
  actor: Guesser,
  { kind }: CodeProof,
  failure: AuditAction,
): Promise<void> {
  const { userId } = actor;
  await lockAccount(tx, userId);
  const details = { factor: kind };
  await recordEvent(tx, sys, actor, { action: failure, outcome: "refused", targetId: userId, details });
  const wrong = await tx.auditEvent.count({
    where: {
      userId,
      at: { gt: new Date(sys.clock.now().getTime() - dayMs) },
      outcome: "refused",
      details: { path: ["factor"], equals: kind },
    },
  });
  if (wrong === worryingCodes) await notifyOwner(tx, sys, userId, { actor, change: "wrong-codes" });
}

async function spendCode(
  tx: Transaction,
  sys: AuthSystem,
  actor: Guesser,
  proof: CodeProof,
): Promise<boolean> {
  const { userId } = actor;
  if (proof.kind === "totp") return spendTotpCode(tx, sys, userId, proof.code);
  if (!(await spendRecoveryCode(tx, sys, userId, proof.code))) return false;
  await recordEvent(tx, sys, actor, { action: "auth.recovery-code-used", targetId: userId });
  await notifyOwner(tx, sys, userId, { actor, change: "recovery-code-used" });
  return true;
}
