import { z } from "zod";

/** Everything that the audit log can tell of. */
const auditAction = z.enum([
  "auth.registered",
  "auth.login",
  "auth.login-failed",
  "auth.logout",
  "vault.config-saved",
  "vault.config-removed",
  "instance.created",
  "instance.deployed",
  "instance.started",
  "instance.stopped",
  "instance.restarted",
  "instance.killed",
  "instance.removed",
  "instance.renamed",
  "admin.invited",
  "admin.redeemed",
]);
export type AuditAction = z.infer<typeof auditAction>;

const auditOutcome = z.enum(["ok", "refused"]);
export type AuditOutcome = z.infer<typeof auditOutcome>;
