import { after, newestFirst } from "../api/cursor.ts";
import { DomainError } from "../errors.ts";
import type { Operation, Prisma } from "../generated/prisma/client.ts";
import type { Database, OwnerActor, Transaction } from "../system.ts";
import { type InstanceView, type OperationView, type PhaseName, phaseName } from "./schema.ts";

/** The newest command with its phases, and what its host offers: what every view of an instance shows. */
const shown = {
  host: { select: { image: true, version: true } },
  operations: { orderBy: { sequence: "desc" }, take: 1, include: { phases: true } },
} satisfies Prisma.InstanceInclude;

type Row = Prisma.InstanceGetPayload<{ include: typeof shown }>;
type OperationRow = Row["operations"][number];

/** Another's instance, a removed one and an unknown id are the same answer. */
export async function ownInstance(
  db: Database | Transaction,
  actor: OwnerActor,
  instanceId: string,
): Promise<Row> {
  const row = await db.instance.findFirst({
    where: { id: instanceId, ownerId: actor.userId, status: { not: "removed" } },
    include: shown,
  });
  if (!row) throw new DomainError("instance.missing");
  return row;
}

/** A command that has not ended. */
export const unfinished = { state: { in: ["queued", "running"] } } satisfies Prisma.OperationWhereInput;

/** The one of an instance: a newer one supersedes it, so there is at most one. */
export function openOperation(db: Transaction, instanceId: string): Promise<Operation | null> {
  return db.operation.findFirst({ where: { instanceId, ...unfinished }, orderBy: { sequence: "desc" } });
}

/** Holds the row until the transaction ends, so that commands follow one another. */
export async function lockInstance(tx: Transaction, instanceId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "Instance" WHERE id = ${instanceId}::uuid FOR UPDATE`;
}

/** As `ownInstance`, and holds the row. */
export async function lockOwnInstance(tx: Transaction, actor: OwnerActor, instanceId: string): Promise<Row> {
  await lockInstance(tx, instanceId);
  return ownInstance(tx, actor, instanceId);
}

/** One page and the row after it, newest first. */
export function ownInstances(
  db: Database,
  actor: OwnerActor,
  page: { cursor?: string | null | undefined; limit: number },
): Promise<Row[]> {
  return db.instance.findMany({
    where: { ownerId: actor.userId, status: { not: "removed" }, ...after(page.cursor) },
    orderBy: newestFirst,
    take: page.limit + 1,
    include: shown,
  });
}

/** The last ones that went. */
export function removedInstances(
  db: Database,
  actor: OwnerActor,
  { since, limit }: { since: Date; limit: number },
): Promise<Row[]> {
  return db.instance.findMany({
    where: { ownerId: actor.userId, status: "removed", updatedAt: { gte: since } },
    orderBy: { updatedAt: "desc" },
    take: limit,
    include: shown,
  });
}

export function instanceView(row: Row): InstanceView {
  const [newest] = row.operations;
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    model: row.model,
    channels: row.channels,
    status: row.status,
    reason: row.reason,
    configId: row.configId,
    configRevision: row.configRevision,
    version: row.version,
    upgrade: row.image !== null && row.image !== row.host?.image ? (row.host?.version ?? null) : null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    operation: newest ? operationView(newest) : null,
  };
}

function operationView(row: OperationRow): OperationView {
  return {
    id: row.id,
    instanceId: row.instanceId,
    kind: row.kind,
    state: row.state,
    error: row.error,
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
    phases: row.phases
      .filter((phase): phase is typeof phase & { name: PhaseName } => phaseName.safeParse(phase.name).success)
      .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime())
      .map(({ name, detail, startedAt, finishedAt }) => ({ name, detail, startedAt, finishedAt })),
  };
}
