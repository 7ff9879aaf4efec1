import type { Refusal } from "../provisioner/egress.ts";
import type { System } from "../system.ts";

/** An assistant that tries one name after the other is seen from these already. */
const targetsEach = 50;
const longestTarget = 120;

type Counted = { reason: Refusal["reason"]; count: number };

/**
 * Counts where assistants wanted to go and may not: in memory until `write`, as they can be refused faster than a database writes and
 * a disk holds logs.
 */
export function createRefusalCounter({ db, clock, log }: Pick<System, "db" | "clock" | "log">) {
  let counted = new Map<string, Map<string, Counted>>();

  function count({ instanceId, target, reason }: Refusal): void {
    if (!instanceId) return;
    const ofInstance = counted.get(instanceId) ?? new Map<string, Counted>();
    counted.set(instanceId, ofInstance);
    const key = target.slice(0, longestTarget);
    const before = ofInstance.get(key);
    if (before) before.count++;
    else if (ofInstance.size < targetsEach) ofInstance.set(key, { reason, count: 1 });
  }

  async function write(): Promise<void> {
    const taken = counted;
    counted = new Map();
    for (const [instanceId, targets] of taken) {
      const [[target, { reason, count } = {}] = []] = targets;
      log.warn({ instanceId, target, reason, count, targets: targets.size }, "egress refused");
      await writeOne(instanceId, targets);
    }
  }

  /** An instance that is gone has nobody left to tell. */
  async function writeOne(instanceId: string, targets: ReadonlyMap<string, Counted>): Promise<void> {
    const lastAt = clock.now();
    await db.$transaction(async (tx) => {
      const there = await tx.instance.count({ where: { id: instanceId, status: { not: "removed" } } });
      if (there === 0) return;
      for (const [target, { count }] of targets)
        await tx.refusedConnection.upsert({
          where: { instanceId_target: { instanceId, target } },
          create: { instanceId, target, count, lastAt },
          update: { count: { increment: count }, lastAt },
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
