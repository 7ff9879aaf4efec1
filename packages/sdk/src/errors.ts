import type { ErrorCode, ErrorDetails } from "@openclaw-launch/core/errors";
import { TRPCClientError } from "@trpc/client";

/** What can go wrong on this side of the wire. */
export type ClientErrorCode =
  /** No answer from the server, or one that isn't its own. */
  | "client.unreachable"
  /** This browser has no WebAssembly, or too little memory to make keys of a password. */
  | "client.key-derivation-failed"
  /** The account was taken over from an older installation and was not signed in to since: `signIn` needs `imported`. */
  | "account.imported"
  /** The question for a passkey was closed, ran out of time, or found none. */
  | "passkey.cancelled"
  /** This browser or device can't use passkeys here. */
  | "passkey.unsupported"
  | "vault.locked"
  /** Wrong key, wrong place, or changed data: these can't be told apart. */
  | "vault.refused"
  | "vault.too-large"
  /** The server asks for a weaker key derivation than this client accepts. */
  | "vault.weak-key-derivation"
  /** The server returned an older state of the vault than the one that was saved. */
  | "vault.rolled-back"
  /** Something that was saved in the vault is gone. */
  | "vault.incomplete"
  /** None of the keys that the server offered is signed by the machine's identity. */
  | "vault.untrusted-worker"
  | "vault.worker-identity-changed";

export type LaunchErrorCode = ErrorCode | ClientErrorCode;

/** Every failure of this package. `fields` names the inputs that were refused, by path. */
export class LaunchError extends Error {
  readonly code: LaunchErrorCode;
  readonly details: ErrorDetails;
  readonly fields: Readonly<Record<string, string[]>>;
  /** What the operator finds in the log, for `internal`. */
  readonly reference: string | null;
  constructor(
    code: LaunchErrorCode,
    facts: {
      details?: ErrorDetails;
      fields?: Record<string, string[]>;
      reference?: string | null;
      cause?: unknown;
    } = {},
  ) {
    super(code, { cause: facts.cause });
    this.name = "LaunchError";
    this.code = code;
    this.details = facts.details ?? {};
    this.fields = facts.fields ?? {};
    this.reference = facts.reference ?? null;
  }
}

/**
 * The machine that would run the assistant is none that this vault has sealed to before. Ask the owner; after a yes,
 * call `vault.trustWorker(error.hostId, error.offered)` and deploy again.
 */
export class WorkerIdentityChanged extends LaunchError {
  readonly hostId: string;
  /** Ed25519 public key, base64url; null for a machine that is new to this vault. */
  readonly pinned: string | null;
  readonly offered: string;
  constructor(hostId: string, pinned: string | null, offered: string) {
    super("vault.worker-identity-changed", { details: { hostId, pinned: pinned ?? "", offered } });
    this.name = "WorkerIdentityChanged";
    this.hostId = hostId;
    this.pinned = pinned;
    this.offered = offered;
  }
}

type PublicError = {
  code: ErrorCode;
  details: ErrorDetails;
  fields: Record<string, string[]>;
  reference: string | null;
};

/** Turns whatever `launch.api` threw into a LaunchError. */
export function toLaunchError(cause: unknown): LaunchError {
  if (cause instanceof LaunchError) return cause;
  if (!(cause instanceof TRPCClientError)) return new LaunchError("internal", { cause });
  const data: unknown = cause.data;
  if (!isPublicError(data)) return new LaunchError("client.unreachable", { cause });
  const { code, details, fields, reference } = data;
  return new LaunchError(code, { details, fields, reference, cause });
}

/** Whether no answer came: what was asked for may have been done all the same. */
export const isUnanswered = (error: unknown): boolean => toLaunchError(error).code === "client.unreachable";

/** For a promise's `catch`. */
export function rethrow(cause: unknown): never {
  throw toLaunchError(cause);
}

function isPublicError(data: unknown): data is PublicError {
  return typeof data === "object" && data !== null && "code" in data && "details" in data && "fields" in data;
}
