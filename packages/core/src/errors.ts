// The error catalogue. Safe in the browser: the interface must have a text for every code.

/** What the caller may do about it; `api/trpc.ts` maps it to a status once. */
type Kind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "missing"
  | "conflict"
  | "too-large"
  | "too-many"
  | "unavailable"
  | "internal";

export const errorCatalogue = {
  "input.invalid": "invalid",
  "input.too-large": "too-large",
  "request.foreign-origin": "forbidden",
  "request.too-many": "too-many",
  "auth.required": "unauthenticated",
  "auth.second-factor-required": "unauthenticated",
  "auth.step-up-required": "forbidden",
  "auth.token-scope": "forbidden",
  "auth.wrong-code": "unauthenticated",
  "auth.link-expired": "invalid",
  "auth.link-foreign": "forbidden",
  "auth.last-method": "conflict",
  "auth.method-missing": "missing",
  "auth.limit-reached": "conflict",
  "auth.password-exists": "conflict",
  "totp.not-begun": "conflict",
  "totp.already-on": "conflict",
  "passkey.refused": "unauthenticated",
  "passkey.known": "conflict",
  "provider.refused": "unauthenticated",
  "provider.denied": "unauthenticated",
  "provider.unreachable": "unavailable",
  "provider.no-email": "invalid",
  "provider.address-in-use": "conflict",
  "provider.identity-in-use": "conflict",
  "session.missing": "missing",
  "token.missing": "missing",
  "auth.wrong-credentials": "unauthenticated",
  "auth.busy": "unavailable",
  "auth.email-taken": "conflict",
  "auth.weak-key-derivation": "invalid",
  "admin.required": "forbidden",
  "admin.invitation-missing": "missing",
  "vault.config-missing": "missing",
  "vault.revision-conflict": "conflict",
  "vault.limit-reached": "conflict",
  "instance.missing": "missing",
  "instance.id-taken": "conflict",
  "instance.limit-reached": "conflict",
  "instance.not-deployed": "conflict",
  "instance.not-running": "conflict",
  "instance.removed": "conflict",
  "instance.busy": "conflict",
  "backup.missing": "missing",
  "backup.limit-reached": "conflict",
  "backup.elsewhere": "conflict",
  "backup.no-room": "unavailable",
  "backup.too-large": "conflict",
  "backup.failed": "unavailable",
  "backup.unreadable": "unavailable",
  "operation.id-taken": "conflict",
  "deploy.no-host": "unavailable",
  "deploy.expired": "invalid",
  "deploy.not-readable": "invalid",
  "deploy.untrusted-signature": "forbidden",
  "deploy.invalid-configuration": "invalid",
  "deploy.provider-unavailable": "unavailable",
  "deploy.engine-failed": "unavailable",
  "deploy.not-healthy": "unavailable",
  "deploy.no-answer": "unavailable",
  "deploy.key-missing": "unavailable",
  "deploy.image-refused": "unavailable",
  "instance.crashed": "unavailable",
  "instance.switched-off": "conflict",
  "kill-switch.missing": "missing",
  "user.missing": "missing",
  "instance.disk-full": "unavailable",
  "instance.ended": "unavailable",
  "instance.not-answering": "unavailable",
  "instance.crash-loop": "unavailable",
  "instance.out-of-memory": "unavailable",
  "chat.unavailable": "unavailable",
  "pairing.missing": "missing",
  "worker.unreachable": "unavailable",
  "live.limit-reached": "unavailable",
  internal: "internal",
} as const satisfies Record<string, Kind>;

export type ErrorCode = keyof typeof errorCatalogue;
export type ErrorKind = Kind;
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** An outcome that the caller can understand and act on. Everything else leaves the server as `internal`. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(code, options);
    this.name = "DomainError";
    this.code = code;
    this.details = details;
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(errorCatalogue, value);
}
