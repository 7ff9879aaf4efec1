import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { writeCommand } from "../instances/command-instance.ts";
import { lockInstance } from "../instances/queries.ts";
import type { AdminActor, System, Transaction } from "../system.ts";
import { lockStarts, subjectsOf, switchView } from "./queries.ts";
import type { KillSwitchView } from "./schema.ts";

type Input = { operationId: string; userId: string | null; reason: string };

/** Few enough for one transaction. */
const batch = 50;

/**
 * Kills all instances of one person, or of everybody, and lets none of them start until it is released. Repeated, it goes on where it
 * was broken off. Throws user.missing, operation.id-taken.
 */
export async function engageSwitch(
  sys: System,
  actor: AdminActor,
  { operationId, userId, reason }: Input,
): Promise<KillSwitchView> {
  await sys.db.$transaction((tx) => writeDown(tx, sys, actor, { operationId, userId, reason }));
  while ((await killSome(sys, actor, userId)) > 0);
  return switchView(sys.db, operationId);
}

async function writeDown(
  tx: Transaction,
  sys: System,
  actor: AdminActor,
  { operationId, userId, reason }: Input,
): Promise<void> {
  await lockStarts(tx);
  const repeated = await tx.killSwitch.findUnique({ where: { id: operationId } });
  if (repeated) {
    if (repeated.userId !== userId || repeated.releasedAt) throw new DomainError("operation.id-taken");
    return;
  }
  if (userId && !(await tx.user.findUnique({ where: { id: userId }, select: { id: true } })))
    throw new DomainError("user.missing");
  await tx.killSwitch.create({
    data: { id: operationId, userId, reason, engagedAt: sys.clock.now(), engagedById: actor.userId },
  });
  await recordEvent(tx, sys, actor, {
    action: "kill-switch.engaged",
    targetId: operationId,
    ...(userId && { userId }),
    details: { reason, of: userId ?? "everybody" },
  });
}

/** Returns how many there were. */
async function killSome(sys: System, actor: AdminActor, userId: string | null): Promise<number> {
  return sys.db.$transaction(async (tx) => {
    const instances = await tx.instance.findMany({
      where: { ...subjectsOf({ userId }), desired: "running" },
      orderBy: { id: "asc" },
      take: batch,
      select: { id: true },
    });
    for (const { id } of instances) {
      await lockInstance(tx, id);
      const instance = await tx.instance.findUniqueOrThrow({ where: { id } });
      // Its owner may have stopped or removed it meanwhile.
      if (instance.desired === "running")
        await writeCommand(tx, sys, actor, "kill", { instance, operationId: sys.random.uuid() });
    }
    return instances.length;
  });
}
