import type { SecurityChange } from "./schema.ts";

/** What a mail says, in HTML and in text alike. */
export type MailContent = {
  subject: string;
  heading: string;
  paragraphs: string[];
  /** Label and value. */
  facts: [string, string][];
  button: { label: string; url: string };
  /** What to do when it was somebody else. */
  otherwise: string;
  /** Why this person got the mail. */
  reason: string;
};

type Words = { subject: string; happened: string; otherwise: string };

const endSessions = "If this was not you, end all other sessions and change your password now.";
const turnBack =
  "If this was not you, undo it in your settings, end all other sessions and change your password.";

/** What happened, and what to do when it was somebody else. */
export const changeWords: Record<SecurityChange, Words> = {
  "password-set": {
    subject: "Your account has a password now",
    happened: "A password was set for your account, which had none. It signs in and opens the vault.",
    otherwise: "If this was not you, end all other sessions and reset the password now.",
  },
  "password-changed": {
    subject: "Your password was changed",
    happened: "The password of your account was changed. Every other session was ended.",
    otherwise: "If this was not you, reset your password now.",
  },
  "password-upgraded": {
    subject: "Your account has moved",
    happened:
      "Somebody signed in to your account for the first time since it was taken over from the old service. Its password is protected better from now on.",
    otherwise: "If this was not you, reset your password now.",
  },
  "password-reset": {
    subject: "Your password was reset",
    happened:
      "The password of your account was reset through a link in a mail. Every session and every API token was ended, and what the old password had encrypted no longer opens. Passkeys and linked accounts still sign in: look through them in your settings.",
    otherwise:
      "If this was not you, somebody can read your mail: secure your mailbox, then reset your password.",
  },
  "account-claimed": {
    subject: "Your password was set",
    happened:
      "Nobody had confirmed this address, so whoever opened the account may have been somebody else. Its password was set through a link in a mail, and everything that could sign in before was removed: sessions, API tokens, passkeys, authenticator app, recovery codes and linked accounts.",
    otherwise:
      "If this was not you, somebody can read your mail: secure your mailbox, then reset your password.",
  },
  "email-change-requested": {
    subject: "Your e-mail address is about to change",
    happened: "Somebody who is signed in asked to move your account to another address.",
    otherwise: "If this was not you, change your password now: that makes the request void.",
  },
  "email-changed": {
    subject: "Your e-mail address was changed",
    happened: "Your account belongs to another e-mail address now. No more mail about it comes here.",
    otherwise: "If this was not you, sign in with the new address and your password, and change both back.",
  },
  "totp-enabled": {
    subject: "Two-step sign-in was turned on",
    happened: "Signing in with your password now takes a code of your authenticator app.",
    otherwise: turnBack,
  },
  "totp-disabled": {
    subject: "Two-step sign-in was turned off",
    happened: "Codes of your authenticator app are no longer asked for.",
    otherwise: turnBack,
  },
  "recovery-codes-replaced": {
    subject: "Your recovery codes were replaced",
    happened: "New recovery codes were made. Those before no longer work.",
    otherwise: "If this was not you, make new ones, end all other sessions and change your password.",
  },
  "recovery-code-used": {
    subject: "A recovery code was used",
    happened: "A recovery code stood in for your second factor. It no longer works.",
    otherwise: endSessions,
  },
  "wrong-codes": {
    subject: "Wrong codes were entered for your account",
    happened:
      "Several codes that somebody entered as your second factor were wrong. Whoever it was knows your password, uses a session of yours or reads your mail.",
    otherwise: "If this was not you, change your password now, and end all other sessions.",
  },
  "passkey-added": {
    subject: "A passkey was added",
    happened: "A new passkey can sign in to your account.",
    otherwise: turnBack,
  },
  "passkey-removed": {
    subject: "A passkey was removed",
    happened: "A passkey can no longer sign in to your account.",
    otherwise: turnBack,
  },
  "provider-linked": {
    subject: "Another way to sign in was added",
    happened: "An account elsewhere can now sign in to yours.",
    otherwise: turnBack,
  },
  "provider-unlinked": {
    subject: "A way to sign in was removed",
    happened: "An account elsewhere can no longer sign in to yours.",
    otherwise: turnBack,
  },
  "api-token-created": {
    subject: "An API token was created",
    happened: "Programs that hold the new token can act for you.",
    otherwise: "If this was not you, revoke the token, end all other sessions and change your password.",
  },
  "sessions-revoked": {
    subject: "Your other sessions were ended",
    happened: "Every browser but one was signed out of your account.",
    otherwise: "If this was not you, change your password now.",
  },
  "gateway-token-rotated": {
    subject: "An assistant has a new gateway token",
    happened:
      "The token that opens the assistant’s own control page was replaced, and the old one opens nothing any more.",
    otherwise: "If this was not you, change your password now, and end all other sessions.",
  },
  "new-device": {
    subject: "New sign-in to your account",
    happened: "Your account was used from a browser that it was not used from before.",
    otherwise: endSessions,
  },
};

const lookAtLog = "Look at its log for the cause, then start it again.";
const stops: Readonly<Record<string, { happened: string; advice: string }>> = {
  "instance.crash-loop": {
    happened: "It stopped several times within minutes, so we did not start it again.",
    advice: lookAtLog,
  },
  "instance.disk-full": {
    happened: "It used up all of its disk, so we stopped it.",
    advice:
      "Its overview shows what takes up the room. Start it again and have it delete what it no longer needs: it has ten minutes for that.",
  },
  "instance.not-answering": {
    happened: "It came up several times and then did not answer, so we did not start it again.",
    advice: lookAtLog,
  },
  "instance.out-of-memory": {
    happened:
      "It needed more memory than it has, several times within minutes, so we did not start it again.",
    advice: "Give it smaller tasks, or a larger plan, then start it again.",
  },
  "deploy.key-missing": {
    happened: "Its machine has lost the assistant's configuration.",
    advice: "Launch it again from its settings.",
  },
};

/** Why an assistant stopped by itself, and what its owner can do. */
export const stopWords = (reason: string) =>
  stops[reason] ?? { happened: "It could not be started again.", advice: lookAtLog };

const longestName = 100;

/** Text from outside as one line: control characters, and those that turn the direction of text, are left out. */
export function oneLine(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return plain.length > longestName ? `${[...plain].slice(0, longestName).join("")}…` : plain;
}

/** Where a person reads the mails that never leave this machine; null when they are really sent. */
export function mailboxUrlOf(resendBaseUrl: string): string | null {
  const { hostname, origin } = new URL(resendBaseUrl);
  return /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) ? `${origin}/mailbox` : null;
}

const months = "January February March April May June July August September October November December".split(
  " ",
);

/** For example "1 March 2026, 12:00 UTC". */
export function writtenTime(at: Date): string {
  const clock = at.toISOString().slice(11, 16);
  return `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}, ${clock} UTC`;
}
