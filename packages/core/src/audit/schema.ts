import { z } from "zod";

/** Everything that the audit log can tell of. */
export const auditAction = z.enum([
  "auth.registered",
  "auth.registration-refused",
  "auth.login-begun",
  "auth.login",
  "auth.login-failed",
  "auth.second-factor-failed",
  "auth.logout",
  "auth.step-up",
  "auth.step-up-failed",
  "auth.recovery-code-used",
  "auth.password-set",
  "auth.password-changed",
  "auth.password-change-failed",
  "auth.password-upgraded",
  "auth.reset-requested",
  "auth.password-reset",
  "auth.password-reset-failed",
  "auth.email-verified",
  "auth.email-change-requested",
  "auth.email-changed",
  "auth.totp-refused",
  "auth.totp-enabled",
  "auth.totp-disabled",
  "auth.recovery-codes-replaced",
  "auth.passkey-added",
  "auth.passkey-renamed",
  "auth.passkey-removed",
  "auth.provider-linked",
  "auth.provider-unlinked",
  "auth.provider-refused",
  "auth.session-revoked",
  "auth.sessions-revoked",
  "token.created",
  "token.revoked",
  "account.imported",
  "vault.config-saved",
  "vault.config-removed",
  "vault.index-saved",
  "vault.replaced",
  "instance.created",
  "instance.deployed",
  "instance.started",
  "instance.stopped",
  "instance.restarted",
  "instance.killed",
  "instance.removed",
  "instance.plan-changed",
  "instance.config-exported",
  "instance.renamed",
  "instance.gateway-opened",
  "instance.token-rotated",
  "instance.pairing-approved",
  "instance.pairing-rejected",
  "instance.device-revoked",
  "instance.backed-up",
  "instance.restored",
  "instance.upgraded",
  "instance.backup-removed",
  "admin.invited",
  "admin.redeemed",
  "kill-switch.engaged",
  "kill-switch.released",
  "request.refused",
]);
export type AuditAction = z.infer<typeof auditAction>;

export const auditOutcome = z.enum(["ok", "refused"]);
export type AuditOutcome = z.infer<typeof auditOutcome>;

/** Groups that a reader filters by. */
export const auditKind = z.enum(["sign-in", "security", "vault", "assistants"]);
export type AuditKind = z.infer<typeof auditKind>;

export const auditEvent = z.strictObject({
  id: z.string(),
  at: z.date(),
  action: auditAction,
  outcome: auditOutcome,
  actorKind: z.string(),
  targetId: z.string().nullable(),
  ip: z.string().nullable(),
  /** For example "Firefox on Linux". */
  device: z.string().nullable(),
  /** Facts; control characters are escaped. */
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type AuditEventView = z.infer<typeof auditEvent>;

/** The database knows no year before the first. */
const day = z.date().min(new Date("0001-01-01"));

export const listEventsInput = z.strictObject({
  cursor: z.string().max(200).nullish(),
  limit: z.int().min(1).max(100).default(50),
  kind: auditKind.optional(),
  outcome: auditOutcome.optional(),
  from: day.optional(),
  to: day.optional(),
});
export const listEventsOutput = z.strictObject({
  items: z.array(auditEvent),
  nextCursor: z.string().nullable(),
});
