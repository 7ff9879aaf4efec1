import type { AuditEventView } from "@openclaw-launch/core/audit/schema";
import { sentenceOf } from "./sentences";

const columns = ["time", "what", "action", "outcome", "by", "device", "ip", "target", "details"];

/** The events as a file for spreadsheets (RFC 4180). */
export function csvOf(events: readonly AuditEventView[], names: Readonly<Record<string, string>>): string {
  const rows = events.map((event) => [
    event.at.toISOString(),
    sentenceOf(event, names),
    event.action,
    event.outcome,
    event.actorKind,
    event.device ?? "",
    event.ip ?? "",
    event.targetId ?? "",
    Object.keys(event.details).length > 0 ? JSON.stringify(event.details) : "",
  ]);
  return [columns, ...rows].map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

/** Spreadsheets would compute what begins like a formula: an apostrophe makes it text. */
function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
