import type { AdminActor, System } from "../system.ts";
import { writeCommand } from "./command-instance.ts";
import { openOperation } from "./track-progress.ts";

/** Of one call, on each host, which then upgrades a few at a time. */
const batch = 50;

/**
 * Has running instances upgraded that aren't in the image of their host, but for those that are in the middle of something. Returns how
 * many; called again, it goes on with others.
 */
export async function upgradeFleet(sys: System, actor: AdminActor): Promise<{ begun: number }> {
  const hosts = await sys.db.host.findMany({ select: { id: true, image: true } });
  let begun = 0;
  for (const { id: hostId, image } of hosts) {
    if (image === null) continue;
    const outdated = await sys.db.instance.findMany({
      where: { hostId, desired: "running", status: "running", image: { not: image } },
      orderBy: { id: "asc" },
      take: batch,
      select: { id: true },
    });
    for (const { id } of outdated) if (await upgrade(sys, actor, id)) begun += 1;
  }
  return { begun };
}

/** Unless its owner came first. */
async function upgrade(sys: System, actor: AdminActor, id: string): Promise<boolean> {
  return sys.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "Instance" WHERE id = ${id}::uuid FOR UPDATE`;
    const instance = await tx.instance.findUniqueOrThrow({ where: { id } });
    if (instance.desired !== "running" || (await openOperation(tx, id))) return false;
    await writeCommand(tx, sys, actor, "upgrade", { instance, operationId: sys.random.uuid() });
    return true;
  });
}
