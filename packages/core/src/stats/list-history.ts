import { ownInstance } from "../instances/queries.ts";
import type { OwnerActor, System } from "../system.ts";
import { ranges } from "./rules.ts";
import type { StatsHistoryView, StatsRange } from "./schema.ts";

/** What the caller's instance took of its host, from the oldest point of the range on. */
export async function listHistory(
  sys: System,
  actor: OwnerActor,
  input: { instanceId: string; range: StatsRange },
): Promise<StatsHistoryView> {
  const { id } = await ownInstance(sys.db, actor, input.instanceId);
  const { length, seconds } = ranges[input.range];
  const to = sys.clock.now();
  const from = new Date(to.getTime() - length * 1000);
  const points = await sys.db.instanceStats.findMany({
    where: { instanceId: id, seconds, at: { gte: from, lte: to } },
    omit: { instanceId: true, seconds: true, readings: true },
    orderBy: { at: "asc" },
  });
  return { from, to, seconds, points };
}
