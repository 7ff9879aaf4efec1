import type { AuditKind, listEventsInput } from "@openclaw-launch/core/audit/schema";

type Filter = Pick<(typeof listEventsInput)["_output"], "kind" | "outcome" | "from">;

const dayMs = 86_400_000;

export const kinds: { value: AuditKind; label: string }[] = [
  { value: "sign-in", label: "Sign-in" },
  { value: "security", label: "Security" },
  { value: "vault", label: "Vault" },
  { value: "assistants", label: "Assistants" },
];
export const spans = [
  { value: "1", label: "24 hours" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
];

/** What an address asks for; what it doesn't say, or says wrongly, isn't filtered by. */
export function filterOf(search: URLSearchParams, now: Date): Filter {
  const kind = kinds.find(({ value }) => value === search.get("kind"))?.value;
  const days = spans.find(({ value }) => value === search.get("days"))?.value;
  return {
    ...(kind && { kind }),
    ...(search.get("outcome") === "refused" && { outcome: "refused" }),
    ...(days && { from: new Date(now.getTime() - Number(days) * dayMs) }),
  };
}

/** The address with one filter changed, on its first page. */
export function withFilter(
  search: URLSearchParams,
  name: "kind" | "outcome" | "days",
  value: string | null,
): string {
  const next = new URLSearchParams(search);
  next.delete("after");
  if (value === null) next.delete(name);
  else next.set(name, value);
  return `?${next}`;
}
