import type { z } from "zod";
import { deviceName } from "../auth/device-name.ts";
import { DomainError } from "../errors.ts";
import type { AuditEvent } from "../generated/prisma/client.ts";
import type { System, UserActor } from "../system.ts";
import { actionsOf, printable } from "./rules.ts";
import { type AuditEventView, auditEvent, type listEventsInput, type listEventsOutput } from "./schema.ts";

/** What happened to the caller's account and assistants, newest first. */
export async function listEvents(
  sys: System,
  { userId }: UserActor,
  { cursor, limit, kind, outcome, from, to }: z.infer<typeof listEventsInput>,
): Promise<z.infer<typeof listEventsOutput>> {
  const rows = await sys.db.auditEvent.findMany({
    where: {
      userId,
      ...(cursor && { id: { lt: idOf(cursor) } }),
      ...(kind && { action: { in: actionsOf(kind) } }),
      ...(outcome && { outcome }),
      ...((from || to) && { at: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
    },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(view), nextCursor: rows.length > limit && last ? String(last.id) : null };
}

function idOf(cursor: string): bigint {
  if (!/^\d{1,18}$/.test(cursor)) throw new DomainError("input.invalid", { field: "cursor" });
  return BigInt(cursor);
}

function view({
  id,
  at,
  action,
  outcome,
  actorKind,
  targetId,
  ip,
  device,
  details,
}: AuditEvent): AuditEventView {
  return auditEvent.parse({
    id: String(id),
    at,
    action,
    outcome,
    actorKind,
    targetId,
    ip,
    device: device === null ? null : deviceName(device),
    details: Object.fromEntries(
      Object.entries(Object(details)).map(([name, value]) => [
        name,
        typeof value === "string" ? printable(value) : value,
      ]),
    ),
  });
}
