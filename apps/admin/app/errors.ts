// What an operator reads when something is refused, or when an instance failed: what is, and what to do next.
import { type LaunchErrorCode, toLaunchError } from "@openclaw-launch/sdk/errors";
import { waitingTime } from "@openclaw-launch/ui/waiting-time";

/** Codes about what only owners do: their vault, their chats and devices, the settings of their accounts. */
type OwnersCode =
  | `vault.${string}`
  | `chat.${string}`
  | `pairing.${string}`
  | `totp.${string}`
  | `passkey.${string}`
  | `provider.${string}`
  | `session.${string}`
  | `token.${string}`
  | "auth.token-scope"
  | "auth.link-expired"
  | "auth.link-foreign"
  | "auth.last-method"
  | "auth.method-missing"
  | "auth.limit-reached"
  | "auth.password-exists"
  | "instance.id-taken"
  | "instance.limit-reached"
  | "instance.not-deployed"
  | "instance.not-running"
  | "instance.busy"
  | "backup.limit-reached";
type Code = Exclude<LaunchErrorCode, OwnersCode> | "vault.weak-key-derivation";

const texts: Record<Code, string> = {
  "input.invalid":
    "This address or form holds something that the server does not understand. Go back and try again.",
  "input.too-large": "That is more than the server takes at once.",
  "request.foreign-origin":
    "The request came from another site, so it was refused. Open the admin app at its own address.",
  "request.too-many": "That was tried too often. Wait a little, then try again.",
  "auth.required": "You are signed out. Sign in to go on.",
  "auth.second-factor-required": "The sign-in is not complete: the second step is missing. Sign in again.",
  "auth.step-up-required":
    "You showed more than ten minutes ago that it’s you. Try again, and enter your password when asked.",
  "auth.wrong-code": "This code is not right, or was used already. Wait for the next one and try again.",
  "auth.wrong-credentials": "E-mail and password don’t match. Check both; caps lock counts.",
  "auth.busy": "Too many sign-ins at once. Try again in a few seconds.",
  "auth.email-taken":
    "Somebody made an account with this e-mail meanwhile. Reload the page and use its password.",
  "auth.weak-key-derivation":
    "This browser asked for weaker protection than the server allows. Reload the page and try again.",
  "admin.required": "This account is no admin account. An operator can invite it: npm run make-admin.",
  "admin.invitation-missing":
    "This link was used already, is older than an hour, or is incomplete. Make a new one on the server: npm run make-admin.",
  "operation.id-taken": "This was asked for already, and undone since. Reload the page to see how it is.",
  "instance.missing": "There is no such instance any more. Reload the page.",
  "instance.removed": "It is being deleted.",
  "deploy.no-host": "No host was free.",
  "deploy.expired": "The sealed configuration waited longer than ten minutes and expired.",
  "deploy.not-readable": "The host could not open the sealed configuration.",
  "deploy.untrusted-signature": "The configuration was not signed by the owner’s vault.",
  "deploy.invalid-configuration": "The configuration is not usable.",
  "deploy.provider-unavailable": "The model provider did not answer.",
  "deploy.engine-failed": "The container engine refused. See the worker’s log.",
  "deploy.not-healthy": "It started but never became healthy.",
  "deploy.no-answer": "It came up but gave no first answer.",
  "deploy.key-missing": "The host lost its sealed file; the owner has to launch it again.",
  "instance.crashed": "It stopped unexpectedly.",
  "deploy.image-refused":
    "Its image is gone from the host, or older than the minimum: it has to be upgraded.",
  "backup.missing": "The backup that it was to start with is gone: its owner can restore another one.",
  "backup.elsewhere": "The backup that it was to start with lies on a host that isn’t in TRUSTED_HOSTS.",
  "backup.unreadable":
    "The backup that it was to start with is damaged: its owner can restore another one. See the runbook on backups.",
  "backup.no-room": "The disk for backups is nearly full: make room on the host.",
  "backup.too-large":
    "It is more than twice as much as its disk holds, with the holes in its files: its owner can have it delete large files.",
  "backup.failed": "A backup could not be written. The worker’s log says why.",
  "instance.switched-off": "A kill switch stands: it may not run.",
  "kill-switch.missing": "There is no such switch. Reload the page.",
  "user.missing": "There is no such account.",
  "instance.disk-full": "It used up its disk.",
  "instance.ended": "It was ended from outside: by hand, or with the engine.",
  "instance.not-answering": "It runs, but does not answer on its health page.",
  "instance.crash-loop": "It died five times, each within ten minutes, so it stays down.",
  "instance.out-of-memory": "It ran out of memory.",
  "worker.unreachable": "The worker does not answer.",
  "live.limit-reached":
    "This account has as many live connections open as are allowed. Close other tabs; the page goes on by itself.",
  "client.unreachable": "The server can’t be reached. Check the connection and try again.",
  "client.key-derivation-failed":
    "This browser couldn’t make the keys of the password: that takes WebAssembly and 64 MB of free memory. Close other tabs, allow WebAssembly for this site, or use another browser.",
  "account.imported":
    "This account has moved here from an older service. Sign in to the dashboard once, then come back.",
  "vault.weak-key-derivation":
    "The server asked for weaker protection than this app accepts. Nothing was sent.",
  internal: "Something went wrong on the server. Its log has the cause.",
};

const isKnown = (code: unknown): code is Code => typeof code === "string" && Object.hasOwn(texts, code);

/** Text of a code that stands in data. A code that operators should never meet is shown as it is. */
export const textOfCode = (code: string): string => (isKnown(code) ? texts[code] : code);

/** Text of whatever the client threw. */
export function textOfError(error: unknown): string {
  const { code, reference, details } = toLaunchError(error);
  if (code === "request.too-many")
    return `That was tried too often. Wait ${waitingTime(Number(details["retryAfterSeconds"] ?? 60))}, then try again.`;
  return reference ? `${textOfCode(code)} Reference: ${reference}` : textOfCode(code);
}

/** The same where only the password was asked. */
export const textOfPasswordError = (error: unknown): string =>
  toLaunchError(error).code === "auth.wrong-credentials"
    ? "This isn’t your password. Caps lock counts."
    : textOfError(error);
