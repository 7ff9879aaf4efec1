import { z } from "zod";

/** What an owner is told of whenever it changes. */
export const securityChange = z.enum([
  "password-set",
  "password-changed",
  "password-upgraded",
  "password-reset",
  "account-claimed",
  "email-change-requested",
  "email-changed",
  "totp-enabled",
  "totp-disabled",
  "recovery-codes-replaced",
  "recovery-code-used",
  "wrong-codes",
  "passkey-added",
  "passkey-removed",
  "provider-linked",
  "provider-unlinked",
  "api-token-created",
  "sessions-revoked",
  "gateway-token-rotated",
  "new-device",
]);
export type SecurityChange = z.infer<typeof securityChange>;

const tokenId = z.uuid();

/** Everything that is mailed. What a link needs is derived from `tokenId` when the mail is written. */
export const mailTemplate = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("verify-email"), tokenId }),
  z.strictObject({ kind: z.literal("reset-password"), tokenId }),
  z.strictObject({ kind: z.literal("account-exists") }),
  /** Goes to the new address. */
  z.strictObject({ kind: z.literal("change-email"), tokenId }),
  z.strictObject({
    kind: z.literal("security-notice"),
    change: securityChange,
    /** Of the provider, token, passkey or assistant, or the new address. */
    name: z.string().nullable(),
    at: z.iso.datetime(),
    ip: z.string().nullable(),
    /** For example "Firefox on Linux". */
    device: z.string().nullable(),
  }),
  /** An assistant didn't come up with a new version, and is back in the one before. */
  z.strictObject({
    kind: z.literal("upgrade-undone"),
    instanceId: z.uuid(),
    name: z.string(),
    /** Code of the catalogue. */
    reason: z.string(),
    at: z.iso.datetime(),
  }),
  /** An assistant stopped by itself and stays down. */
  z.strictObject({
    kind: z.literal("assistant-stopped"),
    instanceId: z.uuid(),
    name: z.string(),
    /** Code of the catalogue. */
    reason: z.string(),
    at: z.iso.datetime(),
  }),
]);
export type MailTemplate = z.infer<typeof mailTemplate>;
export type SecurityNotice = Extract<MailTemplate, { kind: "security-notice" }>;
