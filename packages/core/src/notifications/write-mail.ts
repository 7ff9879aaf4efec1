import type { AuthSystem } from "../auth/derive-secret.ts";
import { mailTokenOf } from "../auth/mail-token.ts";
import { mailTokenHours } from "../auth/rules.ts";
import type { WebConfig } from "../config.ts";
import { changeWords, type MailContent, oneLine, stopWords, writtenTime } from "./rules.ts";
import type { MailTemplate, SecurityNotice } from "./schema.ts";

export type LinkSystem = AuthSystem & { config: Pick<WebConfig, "WEB_URL"> };

/** What the mail says. Secrets of links stand behind the `#`: browsers send that to no server. */
export function writeMail(sys: LinkSystem, template: MailTemplate): MailContent {
  const { WEB_URL } = sys.config;
  const linkTo = (path: string, tokenId: string) => `${WEB_URL}${path}#${mailTokenOf(sys, tokenId)}`;
  switch (template.kind) {
    case "verify-email":
      return {
        subject: "Confirm your e-mail address",
        heading: "Confirm your e-mail address",
        paragraphs: [
          "Please confirm that this address is yours. Then we can help you back in when you forget your password, and warn you when something about your account changes.",
          onceWithin(mailTokenHours.verify_email),
        ],
        facts: [],
        button: { label: "Confirm address", url: linkTo("/verify-email", template.tokenId) },
        otherwise:
          "If you have no account here, do nothing: without the link nobody can confirm your address.",
        reason: "You get this mail because an account was opened with this address.",
      };
    case "reset-password":
      return {
        subject: "Reset your password",
        heading: "Choose a new password",
        paragraphs: [
          "Somebody, hopefully you, asked to reset the password of your account.",
          "Your saved configurations are encrypted with the old password, and a new one can't open them: you will start a new vault. Assistants that run go on running.",
          onceWithin(mailTokenHours.reset_password),
        ],
        facts: [],
        button: { label: "Choose a new password", url: linkTo("/reset-password", template.tokenId) },
        otherwise: "If this was not you, do nothing: your password stays as it is.",
        reason: "You get this mail because a new password was asked for with this address.",
      };
    case "account-exists":
      return {
        subject: "You already have an account",
        heading: "You already have an account",
        paragraphs: [
          "Somebody, hopefully you, asked for an account or a new password with this address. Your account is there already: sign in as you always do.",
        ],
        facts: [],
        button: { label: "Sign in", url: `${WEB_URL}/sign-in` },
        otherwise: "If this was not you, do nothing: nothing was changed.",
        reason: "You get this mail because this address was entered on our sign-up or password page.",
      };
    case "change-email":
      return {
        subject: "Confirm your new e-mail address",
        heading: "Confirm your new e-mail address",
        paragraphs: [
          "You asked to use this address for your account from now on. Nothing changes until you confirm it.",
          onceWithin(mailTokenHours.change_email),
        ],
        facts: [],
        button: { label: "Use this address", url: linkTo("/change-email", template.tokenId) },
        otherwise: "If this was not you, do nothing: your address will not be used.",
        reason: "You get this mail because somebody entered this address as the new one of their account.",
      };
    case "security-notice":
      return writeNotice(WEB_URL, template);
    case "upgrade-undone": {
      const name = oneLine(template.name);
      return {
        subject: `${name} was not upgraded`,
        heading: `${name} was not upgraded`,
        paragraphs: [
          `${name} did not come up with a new version of OpenClaw, so it is back in the version and with the memory that it had before. Nothing is lost.`,
          "You can try again from its page. If it fails again, ask whoever runs this service.",
        ],
        facts: [
          ["When", writtenTime(new Date(template.at))],
          ["Reason", template.reason],
        ],
        button: { label: "Look at the assistant", url: `${WEB_URL}/assistants/${template.instanceId}` },
        otherwise: "There is nothing that you have to do.",
        reason: "You get this mail because an upgrade of an assistant of yours was undone.",
      };
    }
    case "assistant-stopped": {
      const { happened, advice } = stopWords(template.reason);
      const name = oneLine(template.name);
      return {
        subject: `${name} has stopped`,
        heading: `${name} has stopped`,
        paragraphs: [happened, advice],
        facts: [["When", writtenTime(new Date(template.at))]],
        button: { label: "Look at the assistant", url: `${WEB_URL}/assistants/${template.instanceId}` },
        otherwise: "Until you start it again, it stays stopped and spends nothing.",
        reason: "You get this mail because an assistant of yours stopped by itself.",
      };
    }
  }
}

/** As they write themselves. */
const brands = new Map([
  ["google", "Google"],
  ["github", "GitHub"],
]);

function writeNotice(webUrl: string, { change, name, at, ip, device }: SecurityNotice): MailContent {
  const { subject, happened, otherwise } = changeWords[change];
  const fact = (label: string, value: string | null): [string, string][] =>
    value === null ? [] : [[label, oneLine(value)]];
  return {
    subject,
    heading: subject,
    paragraphs: [happened],
    facts: [
      ...fact(change.startsWith("email-") ? "New address" : "Name", name && (brands.get(name) ?? name)),
      ...fact("When", writtenTime(new Date(at))),
      ...fact("From", ip),
      ...fact("With", device),
    ],
    button: resettable.has(change)
      ? { label: "Reset password", url: `${webUrl}/forgot-password` }
      : { label: "Check your account", url: `${webUrl}/settings` },
    otherwise: `${otherwise} If it was you, there is nothing to do.`,
    reason:
      "You get this mail because it is about the security of your account. Such mails can't be turned off.",
  };
}

/** For which the next step of whoever did not do it is a new password. */
const resettable: ReadonlySet<SecurityNotice["change"]> = new Set([
  "password-set",
  "password-changed",
  "password-upgraded",
]);

const onceWithin = (hours: number) =>
  `The link works once, within ${hours === 1 ? "one hour" : `${hours} hours`}.`;
