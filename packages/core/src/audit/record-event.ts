import type { Actor, System, Transaction } from "../system.ts";
import type { AuditAction, AuditOutcome } from "./schema.ts";

export type AuditRecord = {
  action: AuditAction;
  /** Id of what was acted on. */
  targetId?: string;
  outcome?: AuditOutcome;
  /** Whose activity page shows it, when that is not the actor's: for example the account of a failed login. */
  userId?: string;
  /** Facts for a reader; never a secret. */
  details?: Readonly<Record<string, string | number | boolean>>;
};

/** Writes the event in the transaction of the change that it tells of: neither exists without the other. */
export async function recordEvent(
  tx: Transaction,
  sys: System,
  actor: Actor,
  record: AuditRecord,
): Promise<void> {
  const { action, targetId = null, outcome = "ok", details = {} } = record;
  await tx.auditEvent.create({
    data: {
      at: sys.clock.now(),
      actorKind: actor.kind,
      actorId: "userId" in actor ? actor.userId : null,
      userId: record.userId ?? ("userId" in actor ? actor.userId : null),
      action,
      targetId,
      outcome,
      ip: "ip" in actor ? actor.ip : null,
      device: "userAgent" in actor ? actor.userAgent : null,
      // Of several programs that act for an account, which one it was.
      details: actor.kind === "apiToken" ? { ...details, tokenId: actor.tokenId } : details,
    },
  });
}
