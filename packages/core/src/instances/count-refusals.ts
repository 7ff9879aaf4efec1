import type { System } from "../system.ts";

/** An assistant that tries one name after the other is seen from these already. */
const targetsEach = 50;
const longestTarget = 120;

type Refusal = { instanceId: string | null; target: string };

/**
 * Counts where assistants wanted to go and may not: in memory until `write`, as they can be refused faster than a database writes and
 * a disk holds logs.
 */
export function createRefusalCounter({ db, clock, log }: Pick<System, "db" | "clock" | "log">) {
  let counted = new Map<string, Map<string, number>>();

  function count({ instanceId, target }: Refusal): void {
    if (!instanceId) return;
    const ofInstance = counted.get(instanceId) ?? new Map<string, number>();
    counted.set(instanceId, ofInstance);
    const key = target.slice(0, longestTarget);
    const before = ofInstance.get(key);
    if (before !== undefined || ofInstance.size < targetsEach) ofInstance.set(key, (before ?? 0) + 1);
  }

  async function write(): Promise<void> {
    const taken = counted;
    counted = new Map();
    for (const [instanceId, targets] of taken) {
      const [[target, count] = []] = targets;
      log.warn({ instanceId, target, count, targets: targets.size }, "egress refused");
      await writeOne(instanceId, targets);
    }
  }

  /** An instance that is gone has nobody left to tell. */
  async function writeOne(instanceId: string, targets: ReadonlyMap<string, number>): Promise<void> {
    const lastAt = clock.now();
    await db.$transaction(async (tx) => {
      const there = await tx.instance.count({ where: { id: instanceId, status: { not: "removed" } } });
      if (there === 0) return;
      for (const [target, times] of targets)
        await tx.refusedConnection.upsert({
          where: { instanceId_target: { instanceId, target } },
          create: { instanceId, target, count: times, lastAt },
          update: { count: { increment: times }, lastAt },
        });
      const old = await tx.refusedConnection.findMany({
        where: { instanceId },
        select: { target: true },
        orderBy: [{ lastAt: "desc" }, { target: "asc" }],
        skip: targetsEach,
      });
      await tx.refusedConnection.deleteMany({
        where: { instanceId, target: { in: old.map(({ target }) => target) } },
      });
    });
  }

  return { count, write };
}
