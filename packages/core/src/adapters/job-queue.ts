import { fromPrisma, PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { jobCatalogue, type RetryRule, soon } from "../jobs/catalogue.ts";
import type { JobQueue } from "../jobs/enqueue.ts";

/**
 * Whoever starts first creates pg-boss's own schema; the others wait for that.
 * A working process looks after the queues, and is woken by new jobs instead of polling for them.
 */
export async function startBoss(config: Config, log: Logger, options: { works: boolean }): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: config.DATABASE_URL,
    application_name: "jobs",
    max: 4,
    createSchema: false, // prisma/app-role.ts did, as the owner of the database
    supervise: options.works,
    schedule: options.works,
    useListenNotify: options.works,
  });
  boss.on("error", (error) => log.error({ err: error }, "job queue failed"));
  return boss.start();
}

/** Every queue is made here, so that it is the same whoever comes first. An existing one is fine. */
export async function createQueue(boss: PgBoss, queue: string, retry: RetryRule = soon): Promise<void> {
  await boss.createQueue(queue, {
    notify: true,
    retryLimit: retry.limit,
    retryDelay: retry.seconds,
    retryBackoff: true,
    retryDelayMax: retry.longestSeconds,
    deleteAfterSeconds: 86_400,
  });
}

export function jobQueueOn(boss: PgBoss): JobQueue {
  const created = new Set<string>();
  return {
    enqueue: async (transaction, name, payload) => {
      const { plan, retry } = jobCatalogue[name];
      const { queue, group, data } = plan(payload);
      if (!created.has(queue)) await createQueue(boss, queue, retry);
      created.add(queue);
      await boss.send(queue, data, {
        db: fromPrisma(transaction),
        ...(group !== null && { group: { id: group } }),
      });
    },
  };
}
