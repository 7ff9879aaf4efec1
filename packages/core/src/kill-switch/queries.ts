import { DomainError } from "../errors.ts";
import type { Prisma } from "../generated/prisma/client.ts";
import type { Database, Transaction } from "../system.ts";
import type { KillSwitchView } from "./schema.ts";

/** Number of the lock under which starts and the throw of a switch follow one another. */
const lockNumber = 7_305_117;

/** Holds off switches until the start is written down, so that one thrown meanwhile finds it. Throws instance.switched-off. */
export async function requireNoSwitch(tx: Transaction, ownerId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(${lockNumber})::text`;
  if (await isSwitchedOff(tx, ownerId)) throw new DomainError("instance.switched-off");
}

/** Waits for starts that are being written down. */
export async function lockStarts(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${lockNumber})::text`;
}

export async function isSwitchedOff(db: Database | Transaction, ownerId: string): Promise<boolean> {
  const standing = await db.killSwitch.findFirst({
    where: { releasedAt: null, OR: [{ userId: ownerId }, { userId: null }] },
    select: { id: true },
  });
  return standing !== null;
}

/** Instances that a switch is about. */
export const subjectsOf = ({ userId }: { userId: string | null }): Prisma.InstanceWhereInput =>
  userId === null ? {} : { ownerId: userId };

export async function switchView(db: Database | Transaction, id: string): Promise<KillSwitchView> {
  const found = await db.killSwitch.findUniqueOrThrow({
    where: { id },
    include: { user: { select: { email: true } } },
  });
  const engagedBy = await db.user.findUnique({ where: { id: found.engagedById }, select: { email: true } });
  const stopping = await db.instance.count({ where: { ...subjectsOf(found), status: "stopping" } });
  const { userId, user, reason, engagedAt, releasedAt } = found;
  return {
    id,
    userId,
    userEmail: user?.email ?? null,
    reason,
    engagedAt,
    engagedByEmail: engagedBy?.email ?? null,
    releasedAt,
    stopping,
  };
}
