export type Severity = "error" | "warning" | "info";

/** OpenClaw tags few of its lines, and writes some of its errors to the ordinary output: the words tell most. */
export function severityOf(text: string, stream: "stdout" | "stderr"): Severity {
  if (/\b(error|fatal|failed|failure|exception|panic)\b/i.test(text)) return "error";
  if (/\b(warn|warning|refused|denied|timed? ?out|retry(ing)?)\b/i.test(text)) return "warning";
  return stream === "stderr" ? "warning" : "info";
}
