import type { PgBoss } from "pg-boss";
import { createQueue } from "../adapters/job-queue.ts";
import type { System } from "../system.ts";
import { convergeQueue, type JobName, type JobPayload, jobCatalogue } from "./catalogue.ts";

/**
 * Hands the jobs of this host over. They only say where to look: what was asked stands in the database, so a job is done as soon as
 * it was heard, and one that is lost is found by the next sweep.
 */
export async function workConvergeJobs(
  boss: PgBoss,
  hostId: string,
  request: (instanceId: string) => void,
): Promise<void> {
  const queue = convergeQueue(hostId);
  await createQueue(boss, queue);
  await boss.work(queue, { batchSize: 10, pollingIntervalSeconds: 2 }, async (jobs) => {
    for (const { data } of jobs) request(jobCatalogue.converge.payload.parse(data).instanceId);
  });
}

/** What one kind of job does. It may run more than once. */
export type JobHandler<S> = { name: JobName; run: (sys: S, data: unknown) => Promise<void> };

export function handling<N extends JobName, S>(
  name: N,
  operation: (sys: S, payload: JobPayload<N>) => Promise<void>,
): JobHandler<S> {
  return {
    name,
    run: (sys, data) => operation(sys, jobCatalogue[name].payload.parse(data) as JobPayload<N>),
  };
}

/** Works off the jobs of queues that all processes share, until the queue is stopped. One that throws is tried again, as the catalogue says. */
export async function workJobs<S extends System>(
  boss: PgBoss,
  sys: S,
  handlers: readonly JobHandler<S>[],
): Promise<void> {
  for (const { name, run } of handlers) {
    const { retry, cron } = jobCatalogue[name];
    await createQueue(boss, name, retry);
    if (cron !== null) await boss.schedule(name, cron, {}, { tz: "UTC" });
    // New jobs wake us; those that are tried again are found by looking.
    const options = { batchSize: 1, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 };
    await boss.work<object>(name, options, async ([job]) => {
      try {
        await run(sys, job?.data);
      } catch (error) {
        sys.log.warn({ err: error, job: name, id: job?.id, attempt: job?.retryCount }, "job failed");
        throw error;
      }
    });
  }
}
