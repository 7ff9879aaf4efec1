// How an event of the audit log reads.
import type { AuditAction, AuditEventView } from "@openclaw-launch/core/audit/schema";
import { titleOfScope } from "../account/scopes";

type Facts = {
  details: AuditEventView["details"];
  /** Of the assistant that it is about, as far as it is known. */
  assistant: string;
};
type Sentence = (facts: Facts) => string;

const methods: Record<string, string> = {
  password: "with your password",
  "password+totp": "with password and app",
  "password+recovery-code": "with password and recovery code",
  "password+passkey": "with password and passkey",
  passkey: "with a passkey",
  google: "with Google",
  "google+totp": "with Google and app",
  "google+recovery-code": "with Google and recovery code",
  "google+passkey": "with Google and passkey",
  github: "with GitHub",
  "github+totp": "with GitHub and app",
  "github+recovery-code": "with GitHub and recovery code",
  "github+passkey": "with GitHub and passkey",
  invitation: "with an invitation",
};
const proofs: Record<string, string> = {
  password: "with your password",
  totp: "with a code of your app",
  passkey: "with a passkey",
  google: "with Google",
  github: "with GitHub",
};
/** What is typed can be wrong. */
const mistakes: Record<string, string> = {
  password: "wrong password",
  totp: "wrong code",
  "recovery-code": "wrong recovery code",
};
const refusals: Record<string, string> = {
  "auth.wrong-credentials": "wrong password",
  "admin.required": "no admin account",
};

const denials: Record<string, string> = {
  "request.too-many": "too many tries",
  "auth.required": "an API token that is none",
  "auth.second-factor-required": "the second step was missing",
  "auth.step-up-required": "it had to be confirmed first",
  "auth.token-scope": "more than its API token may do",
  "auth.link-expired": "a link that is no longer valid",
  "auth.link-foreign": "a link of another account",
};

const chosen = (texts: Record<string, string>, key: unknown): string => texts[String(key)] ?? "";
const counted = (count: unknown, one: string, many: string) =>
  count === 1 ? `one ${one}` : `${String(count)} ${many}`;

const sentences: Record<AuditAction, Sentence> = {
  "auth.registered": () => "Account created",
  "auth.registration-refused": () => "Another sign-up with your address refused",
  "auth.login-begun": ({ details }) =>
    `Sign-in begun ${chosen(methods, details["method"])}: the second step was asked for`,
  "auth.login": ({ details }) =>
    `Signed in ${chosen(methods, details["method"])}${details["newDevice"] === true ? ", on a new device" : ""}`,
  "auth.login-failed": ({ details }) =>
    `Sign-in refused: ${chosen(refusals, details["reason"]) || "not accepted"}`,
  "auth.second-factor-failed": ({ details }) =>
    `Sign-in refused: ${chosen(mistakes, details["factor"]) || "not accepted"}`,
  "auth.logout": () => "Signed out",
  "auth.step-up": ({ details }) => `Confirmed that it’s you, ${chosen(proofs, details["by"])}`,
  "auth.step-up-failed": ({ details }) =>
    `Confirmation refused: ${chosen(mistakes, details["by"] ?? details["factor"]) || "not accepted"}`,
  "auth.recovery-code-used": () => "Recovery code used up",
  "auth.password-set": () => "First password set",
  "auth.password-changed": ({ details }) =>
    `Password changed${typeof details["endedSessions"] === "number" && details["endedSessions"] > 0 ? `; ${counted(details["endedSessions"], "other session", "other sessions")} ended` : ""}`,
  "auth.password-change-failed": () => "Change of password refused: wrong password",
  "auth.password-upgraded": () => "Stored password protected better",
  "auth.reset-requested": () => "Link for a new password asked for",
  "auth.password-reset": () => "New password set by a link",
  "auth.password-reset-failed": () => "New password by a link refused",
  "auth.email-verified": () => "E-mail address confirmed",
  "auth.email-change-requested": () => "Another e-mail address asked for",
  "auth.email-changed": () => "E-mail address changed",
  "auth.totp-refused": () => "Two-step sign-in stayed off: wrong code refused",
  "auth.totp-enabled": () => "Two-step sign-in turned on",
  "auth.totp-disabled": () => "Two-step sign-in turned off",
  "auth.recovery-codes-replaced": () => "New recovery codes made",
  "auth.passkey-added": () => "Passkey added",
  "auth.passkey-renamed": () => "Passkey renamed",
  "auth.passkey-removed": () => "Passkey removed",
  "auth.provider-linked": () => "Another sign-in connected",
  "auth.provider-unlinked": () => "Another sign-in disconnected",
  "auth.provider-refused": () => "Sign-in through another service refused",
  "auth.session-revoked": () => "A session ended from the settings",
  "auth.sessions-revoked": ({ details }) =>
    `Signed out everywhere else: ${counted(details["revoked"], "session", "sessions")}`,
  "token.created": ({ details }) =>
    `API token “${details["name"]}” made: ${titleOfScope(String(details["scope"])).toLowerCase()}, ${counted(details["days"], "day", "days")}`,
  "token.revoked": () => "API token revoked",
  "account.imported": () => "Account taken over from the old service",
  "vault.index-saved": ({ details }) => `List of what the vault holds saved: revision ${details["revision"]}`,
  "vault.config-saved": ({ details }) => `Configuration saved in the vault: revision ${details["revision"]}`,
  "vault.config-removed": () => "Configuration removed from the vault",
  "vault.replaced": () => "New vault begun",
  "instance.created": ({ details }) => `${details["name"] ?? "An assistant"} made`,
  "instance.deployed": ({ assistant }) => `${assistant} launched`,
  "instance.started": ({ assistant }) => `${assistant} started`,
  "instance.stopped": ({ assistant }) => `${assistant} stopped`,
  "instance.restarted": ({ assistant }) => `${assistant} restarted`,
  "instance.killed": ({ assistant }) => `${assistant} killed`,
  "instance.removed": ({ assistant }) => `${assistant} deleted`,
  "instance.config-exported": ({ assistant }) =>
    `Configuration of ${assistant} downloaded, without its secrets`,
  "instance.plan-changed": ({ assistant, details }) => `${assistant} moved to the plan “${details["plan"]}”`,
  "instance.renamed": ({ details }) => `An assistant renamed to ${details["name"]}`,
  "instance.gateway-opened": ({ assistant }) => `Control page of ${assistant} opened`,
  "instance.token-rotated": ({ assistant, details }) =>
    `New gateway token for ${assistant}${details["revokesDevices"] === true ? "; its devices lost their access" : ""}`,
  "instance.pairing-approved": ({ assistant, details }) => `${details["name"]} let in to ${assistant}`,
  "instance.pairing-rejected": ({ assistant, details }) => `${details["name"]} not let in to ${assistant}`,
  "instance.device-revoked": ({ assistant, details }) =>
    `${details["name"]} removed from the devices of ${assistant}`,
  "instance.backed-up": ({ assistant }) => `Backup of ${assistant} asked for`,
  "instance.restored": ({ assistant }) => `${assistant} given the state of a backup`,
  "instance.upgraded": ({ assistant }) => `Upgrade of ${assistant} asked for`,
  "instance.backup-removed": ({ assistant }) => `A backup of ${assistant} removed`,
  "admin.invited": () => "Invited to run this service",
  "admin.redeemed": () => "Became an admin of this service",
  "kill-switch.engaged": () => "All your assistants were stopped by the operator",
  "kill-switch.released": () => "The operator lets your assistants run again",
  "request.refused": ({ details }) =>
    `Request refused: ${chosen(denials, details["code"]) || "nothing of yours"}`,
};

/** `names` are those of assistants, by id. A refusal always says that it is one. */
export function sentenceOf(
  { action, outcome, details, targetId }: Pick<AuditEventView, "action" | "outcome" | "details" | "targetId">,
  names: Readonly<Record<string, string>>,
): string {
  const assistant = (targetId && names[targetId]) || "An assistant";
  const sentence = sentences[action]({ details, assistant }).trim();
  return outcome === "refused" && !sentence.includes("refused") ? `Refused: ${sentence}` : sentence;
}

const actors: Record<string, string> = {
  user: "You, in the dashboard",
  apiToken: "A program with an API token",
  admin: "Somebody in the admin app",
  half: "A visitor who still owed the second step",
  "mail-link": "Whoever followed a link in a mail",
  anonymous: "A visitor, not signed in yet",
  job: "The service itself",
  operator: "Whoever runs this service",
};

export const actorOf = (actorKind: string): string => actors[actorKind] ?? actorKind;
