import { type AuditAction, type AuditKind, auditAction } from "./schema.ts";

const signIn = /^auth\.(login|logout|second-factor|step-up|session|registered|registration)/;

/** Which filter of the activity page shows it. */
export function kindOf(action: AuditAction): AuditKind {
  if (action.startsWith("instance.")) return "assistants";
  if (action.startsWith("vault.")) return "vault";
  return signIn.test(action) ? "sign-in" : "security";
}

export const actionsOf = (kind: AuditKind): AuditAction[] =>
  auditAction.options.filter((action) => kindOf(action) === kind);

/** Control characters and those that turn the direction of text show as their codes: nobody forges lines in a log. */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
