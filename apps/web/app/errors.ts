// What a person reads when something is refused: what is, and what to do next.
import type { ErrorDetails } from "@openclaw-launch/core/errors";
import { type LaunchErrorCode, toLaunchError } from "@openclaw-launch/sdk/errors";
import { waitingTime } from "@openclaw-launch/ui/waiting-time";

export type Failure = { code: LaunchErrorCode; details: ErrorDetails };

const texts: Record<LaunchErrorCode, (details: ErrorDetails) => string> = {
  "input.invalid": () => "Something in the form isn’t right. Check the marked fields and try again.",
  "input.too-large": () => "That is more than we can take at once. Make it shorter and try again.",
  "request.foreign-origin": () =>
    "This request came from another site, so we refused it. Open the dashboard at its own address.",
  "request.too-many": ({ retryAfterSeconds }) =>
    `That was tried too often. Wait ${waitingTime(Number(retryAfterSeconds ?? 60))}, then try again.`,
  "auth.required": () => "You are signed out. Sign in to go on.",
  "auth.second-factor-required": () =>
    "Your sign-in isn’t complete: the second step is missing. Sign in again.",
  "auth.step-up-required": () => "Show first that it’s you, then do it again.",
  "auth.token-scope": ({ needed }) =>
    `This API token may not do that.${needed ? ` Make one whose scope is “${needed}”.` : ""}`,
  "auth.wrong-code": () => "This code isn’t right, or was used already. Wait for the next one and try again.",
  "auth.link-expired": () => "This link was used already or is too old. Ask for a new one.",
  "auth.link-foreign": () =>
    "This link is for another account than the one you are signed in with. Sign in with that one, then open it again.",
  "auth.last-method": () => "This is your only way to sign in. Add another one first.",
  "auth.method-missing": () => "This is turned off already. Reload the page to see how things are.",
  "auth.limit-reached": ({ limit }) =>
    `You have ${limit ? `${limit} of these, which is the limit` : "as many of these as are allowed"}. Remove one that you no longer need.`,
  "auth.password-exists": () => "Your account has a password already. Reload the page.",
  "totp.not-begun": () => "This key is no longer valid. Start again, and scan the new one.",
  "totp.already-on": () => "Two-step sign-in is on already. To move it to another phone, turn it off first.",
  "passkey.refused": () => "This passkey wasn’t accepted. Try again, or sign in another way.",
  "passkey.known": () => "This device has a passkey for your account already.",
  "passkey.cancelled": () =>
    "No passkey was used: the question was closed, took too long, or this device has none. Try again, or take another way.",
  "passkey.unsupported": () => "This browser can’t use passkeys here. Try another browser, or another way.",
  "provider.refused": () => "The sign-in came back incomplete or too late. Start it again.",
  "provider.denied": () => "You didn’t allow the sign-in there, so nothing was changed.",
  "provider.unreachable": () =>
    "The other service doesn’t answer right now. Try again, or sign in another way.",
  "provider.no-email": () =>
    "The other service told us no confirmed e-mail address, and an account needs one.",
  "provider.address-in-use": () =>
    "There is an account with this e-mail already. Sign in to it the way you always do, then connect the other service in its settings.",
  "provider.identity-in-use": () => "This login of the other service belongs to another account here.",
  "session.missing": () => "This session has ended already.",
  "token.missing": () => "This token was revoked already.",
  "auth.wrong-credentials": () => "E-mail and password don’t match. Check both; caps lock counts.",
  "auth.busy": () => "Many people are signing in right now. Try again in a few seconds.",
  "auth.email-taken": () =>
    "There may be an account with this e-mail already: we have written to it. Sign in, or reset the password.",
  "auth.weak-key-derivation": () =>
    "This browser asked for weaker protection than we allow. Reload the page and try again.",
  "admin.required": () => "Only operators of this service may do that.",
  "admin.invitation-missing": () => "This invitation was used or has expired. Ask for a new one.",
  "vault.config-missing": () => "This configuration isn’t in your vault any more.",
  "vault.revision-conflict": () =>
    "It was changed somewhere else meanwhile. Reload to see the newest. Saving again replaces it.",
  "vault.limit-reached": () => "Your vault is full. Remove a configuration that you no longer need.",
  "instance.missing": () => "There is no such assistant. It may have been deleted.",
  "instance.id-taken": () => "This assistant exists already. Reload the page.",
  "instance.limit-reached": ({ limit }) =>
    `You have ${limit ?? "as many"} assistants${limit ? ", which is the limit" : " as are allowed"}. Delete one to make room.`,
  "instance.not-deployed": () => "This assistant was never launched. Launch it from its settings first.",
  "instance.not-running": () => "The assistant isn’t running. Start it first.",
  "instance.removed": () => "This assistant is being deleted.",
  "instance.busy": () =>
    "The assistant is in the middle of something else. Wait until that has ended, then try again.",
  "backup.missing": () =>
    "This backup is gone: it was removed, or its seven days are over. Choose another one.",
  "backup.limit-reached": ({ limit }) =>
    `There are ${limit ?? "as many"} backups that you made${limit ? ", which is the limit" : " as are allowed"}. Remove one that you no longer need.`,
  "backup.elsewhere": () =>
    "This backup lies on another machine, which doesn’t give it to this one. Choose an assistant of the same machine, or ask the operator to let the two trust each other.",
  "backup.no-room": () =>
    "The machine’s disk is nearly full, so no backup was made. Tell the operator, or try again later.",
  "backup.too-large": () =>
    "That is more than twice as much as the assistant’s disk holds, so it wasn’t copied. Files with holes count in full: have it delete large files, then try again. If it is a backup, choose another one.",
  "backup.failed": () =>
    "The backup could not be written. The assistant goes on as before; try again in a few minutes.",
  "backup.unreadable": () =>
    "This backup is damaged or isn’t what was written, so nothing of it was used. Choose another one, and tell the operator.",
  "operation.id-taken": () => "This command was given already. Reload to see how it went.",
  "deploy.no-host": () =>
    "No machine is free to run your assistant right now. Nothing was started; try again in a few minutes.",
  "deploy.expired": () => "The launch waited too long and its sealed configuration expired. Launch again.",
  "deploy.not-readable": () =>
    "The machine could not open what your browser sealed. Launch again to seal it to the current key.",
  "deploy.untrusted-signature": () =>
    "The configuration wasn’t signed by your vault, so the machine refused it. Sign in again, then launch.",
  "deploy.invalid-configuration": () =>
    "The machine refused the configuration. Check the settings and launch again.",
  "deploy.provider-unavailable": () =>
    "The model provider didn’t answer. Your assistant is stopped; start it again in a minute.",
  "deploy.engine-failed": () =>
    "The machine couldn’t start the container. It was taken down; try to start again.",
  "deploy.not-healthy": () =>
    "The assistant started but never became healthy, so it was stopped. Look at its log, then start again.",
  "deploy.no-answer": () =>
    "The assistant came up but didn’t answer a first message, so it was stopped. Look at its log, then start again.",
  "deploy.key-missing": () =>
    "The machine no longer has this assistant’s configuration. Launch it again from its settings.",
  "deploy.image-refused": () =>
    "The version of OpenClaw that it runs is gone from its machine, or no longer safe. Upgrade it from its overview.",
  "instance.crashed": () => "The assistant stopped unexpectedly. Look at its log, then start again.",
  "instance.switched-off": () =>
    "The operator of this service has stopped your assistants and lets none start for now. Nothing of them is lost; ask the operator.",
  "kill-switch.missing": () => "There is no such switch.",
  "user.missing": () => "There is no such account.",
  "instance.disk-full": () =>
    "It used up its disk and was stopped. Its overview shows what takes up the room. Start it again and have it delete what it no longer needs: it has ten minutes for that.",
  "instance.ended": () => "The assistant was ended by its machine. Start it again.",
  "instance.not-answering": () =>
    "The assistant came up several times and then didn’t answer, so it was stopped. Look at its log, then start again.",
  "instance.crash-loop": () =>
    "The assistant stopped several times within minutes, so it wasn’t started again. Look at its log, then start again.",
  "instance.out-of-memory": () =>
    "The assistant needed more memory than it has and was stopped. Give it smaller tasks, then start it again.",
  "chat.unavailable": () => "The assistant can’t be reached right now. Try again in a moment.",
  "pairing.missing": () =>
    "This request or device is gone: it ran out, or was decided somewhere else. The list shows how things are.",
  "worker.unreachable": () =>
    "The machine that runs your assistant doesn’t answer right now. It keeps running; try again in a moment.",
  "live.limit-reached": ({ limit }) =>
    `${limit ? `${limit} live connections of your account are open, which is the limit` : "Your account has as many live connections open as are allowed"}. Close other tabs or programs; this page goes on by itself.`,
  "client.unreachable": () => "We can’t reach the server. Check your connection and try again.",
  "client.key-derivation-failed": () =>
    "This browser couldn’t make the keys of your password: that takes WebAssembly and 64 MB of free memory. Close other tabs and try again. If Lockdown Mode or a setting turns WebAssembly off, allow it for this site, or use another browser.",
  "account.imported": () =>
    "This account is being moved here from an older service: signing in with its password and saying yes to the move completes that. If you know of no move, tell the operator.",
  "vault.locked": () => "Your vault is locked. Unlock it with your password and try again.",
  "vault.refused": () => "Your vault could not be opened with this password.",
  "vault.too-large": () => "This configuration is too large. Shorten the personality text.",
  "vault.weak-key-derivation": () =>
    "The server asked for weaker protection than this app accepts. Nothing was sent. Tell the operator.",
  "vault.rolled-back": () =>
    "The server returned an older state of your vault than the one you saved. Nothing was changed; tell the operator.",
  "vault.incomplete": () =>
    "Something you saved is missing from your vault on the server. Nothing was changed; tell the operator.",
  "vault.untrusted-worker": () =>
    "The keys of the machine aren’t signed by it, so nothing was sent. Try again later, and tell the operator.",
  "vault.worker-identity-changed": () =>
    "Another machine than before would receive your configuration, so nothing was sent.",
  internal: ({ reference }) =>
    `Something went wrong on our side.${reference ? ` If it happens again, tell us this reference: ${reference}` : " Try again in a moment."}`,
};

const isCode = (value: unknown): value is LaunchErrorCode =>
  typeof value === "string" && Object.hasOwn(texts, value);

export const textOf = ({ code, details }: Failure): string => texts[code](details);

/** Text of a code that stands in data, for example an instance's reason. */
export const textOfCode = (code: string | null): string | null => (isCode(code) ? texts[code]({}) : null);

/** Text of whatever the client threw. */
export function textOfError(error: unknown): string {
  const { code, details, reference } = toLaunchError(error);
  return textOf({ code, details: reference ? { ...details, reference } : details });
}

/** As `textOfError`, where only the password was asked. */
export const textOfPasswordError = (error: unknown): string =>
  toLaunchError(error).code === "auth.wrong-credentials"
    ? "This isn’t your password. Caps lock counts."
    : textOfError(error);

/** After these a new password may be the account's: the answer is lost, or this is what a repeat meets then. */
const lostAnswers: Partial<Record<LaunchErrorCode, string>> = {
  "client.unreachable": "The server’s answer didn’t reach us.",
  "auth.required": "You are signed out.",
  "auth.link-expired": "This link was used already or is too old.",
};

/** What holds after a new password failed to be set. */
export function newPasswordProblem(error: unknown): { title: string; text: string } {
  const lost = lostAnswers[toLaunchError(error).code];
  if (lost === undefined) return { title: "Your password stays as it was", text: textOfPasswordError(error) };
  return {
    title: "Your password may be the new one already",
    text: `${lost} Sign in with the new password first: if it is refused, nothing has changed.`,
  };
}

/** What a loader refused with, if `data` is that. */
export function failureIn(data: unknown): Failure | null {
  if (typeof data !== "object" || data === null || !("code" in data) || !isCode(data.code)) return null;
  const details = "details" in data && typeof data.details === "object" ? data.details : {};
  return { code: data.code, details: { ...details } };
}
