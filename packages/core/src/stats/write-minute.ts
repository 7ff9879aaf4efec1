import type { Database } from "../system.ts";
import { combine, resolutions, type Span, startOfSpan } from "./rules.ts";

/** Adds what instances took during one minute to every span that it is part of, for all of a host at once. */
export async function writeMinute(
  db: Database,
  minute: Date,
  spans: ReadonlyMap<string, Span>,
): Promise<void> {
  await db.$transaction(async (tx) => {
    // Of one that is being removed, nothing is kept.
    const there = await tx.instance.findMany({
      where: { id: { in: [...spans.keys()] }, desired: { not: "removed" } },
      select: { id: true },
    });
    const ids = there.map(({ id }) => id);
    for (const { seconds } of resolutions) {
      const at = startOfSpan(minute, seconds);
      const where = { instanceId: { in: ids }, seconds, at };
      const written = await tx.instanceStats.findMany({ where });
      const before = new Map(written.map((row) => [row.instanceId, row]));
      await tx.instanceStats.deleteMany({ where });
      await tx.instanceStats.createMany({
        data: [...spans].flatMap(([instanceId, span]) =>
          ids.includes(instanceId)
            ? [{ ...combine(before.get(instanceId), span), instanceId, seconds, at }]
            : [],
        ),
      });
    }
  });
}
