import type { PgBoss } from "pg-boss";
import { createQueue } from "../adapters/job-queue.ts";
import { convergeQueue, jobCatalogue } from "./catalogue.ts";

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
    for (const { data } of jobs) request(jobCatalogue.converge.parse(data).instanceId);
  });
}
