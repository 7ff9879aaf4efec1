import type { AdminActor, System } from "../system.ts";
import { writeCommand } from "./command-instance.ts";
import { lockInstance, openOperation, unfinished } from "./queries.ts";

/** On each host, which upgrades a few of them at a time: one that waits for its turn is out of service already. */
const mostUnderWay = 4;

/**
 * Has running instances upgraded that aren't in the image of their host, but for those that are in the middle of something. Returns how
 * many, and of how many; called again, it goes on with others.
 */
export async function upgradeFleet(
  sys: System,
  actor: AdminActor,
): Promise<{ begun: number; outdated: number }> {
  const hosts = await sys.db.host.findMany({ select: { id: true, image: true } });
  let [begun, outdated] = [0, 0];
  for (const { id: hostId, image } of hosts) {
    if (image === null) continue;
    const where = { hostId, desired: "running", image: { not: image } } as const;
    outdated += await sys.db.instance.count({ where });
    const underWay = await sys.db.operation.count({
      where: { kind: "upgrade", ...unfinished, instance: { hostId } },
    });
    const next = await sys.db.instance.findMany({
      where: { ...where, status: "running" },
      // One that went back to its old image comes again after all others.
      orderBy: { updatedAt: "asc" },
      // Those of one owner are upgraded one after another.
      distinct: ["ownerId"],
      take: Math.max(0, mostUnderWay - underWay),
      select: { id: true },
    });
    for (const { id } of next) if (await upgrade(sys, actor, id)) begun += 1;
  }
  return { begun, outdated };
}

/** Unless its owner came first. */
async function upgrade(sys: System, actor: AdminActor, id: string): Promise<boolean> {
  return sys.db.$transaction(async (tx) => {
    await lockInstance(tx, id);
    const instance = await tx.instance.findUniqueOrThrow({ where: { id } });
    if (instance.desired !== "running" || (await openOperation(tx, id))) return false;
    await writeCommand(tx, sys, actor, "upgrade", { instance, operationId: sys.random.uuid() });
    return true;
  });
}
