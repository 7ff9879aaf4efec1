import type { PgBoss } from "pg-boss";
import type { Config } from "../config.ts";
import type { System } from "../system.ts";
import { requireAppendOnlyAudit } from "./audit-rights.ts";
import { listenForChanges } from "./changes.ts";
import { systemClock } from "./clock.ts";
import { openDatabase } from "./database.ts";
import { jobQueueOn, startBoss } from "./job-queue.ts";
import { createLog } from "./log.ts";
import { systemRandom } from "./random.ts";
import { rateLimiterOn } from "./rate-limiter.ts";

/** A system with the connections that keep it alive. */
export type StartedSystem<C extends Config> = System & {
  config: C;
  /** For the process that works the jobs off. */
  boss: PgBoss;
  /** Ends every connection; running jobs are given time to finish. */
  close(): Promise<void>;
};

/**
 * Connects to the database, for a process that was configured with `config`.
 * `works`: this process works jobs off and looks after the queues.
 * Throws when the database can't be reached.
 */
export async function startSystem<C extends Config>(
  config: C,
  options: { works: boolean },
): Promise<StartedSystem<C>> {
  const log = createLog(config.LOG_LEVEL);
  const db = openDatabase(config);
  const boss = await startBoss(config, log, options);
  await requireAppendOnlyAudit(db);
  const changes = await listenForChanges(config.DATABASE_URL, log, systemClock);
  return {
    db,
    config,
    log,
    clock: systemClock,
    random: systemRandom,
    jobs: jobQueueOn(boss),
    changes,
    limiter: rateLimiterOn(db, config.RATE_LIMIT_FACTOR),
    boss,
    close: async () => {
      await boss.stop({ graceful: true, close: true, timeout: 10_000 });
      await changes.close();
      await db.$disconnect();
    },
  };
}
