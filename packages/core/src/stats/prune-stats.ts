import type { System } from "../system.ts";
import { resolutions } from "./rules.ts";

/** Deletes what was kept for as long as its resolution says. */
export async function pruneStats({ db, clock, log }: System): Promise<void> {
  const now = clock.now().getTime();
  const { count } = await db.instanceStats.deleteMany({
    where: {
      OR: resolutions.map(({ seconds, kept }) => ({ seconds, at: { lt: new Date(now - kept * 1000) } })),
    },
  });
  log.info({ count }, "pruned stats");
}
