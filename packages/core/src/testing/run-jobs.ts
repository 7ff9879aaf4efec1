import { createQueue } from "../adapters/job-queue.ts";
import { jobCatalogue } from "../jobs/catalogue.ts";
import type { JobHandler } from "../jobs/work-jobs.ts";
import type { TestSystem } from "./test-system.ts";

/** Works off what waits in the shared queues now, and what that asks for in turn. Throws what a handler throws. */
export async function runJobs<S extends TestSystem>(
  sys: S,
  handlers: readonly JobHandler<S>[],
): Promise<void> {
  for (let ran = true; ran; ) {
    ran = false;
    for (const { name, run } of handlers) {
      await createQueue(sys.boss, name, jobCatalogue[name].retry);
      for (const { id, data } of await sys.boss.fetch<object>(name, { batchSize: 100 })) {
        await run(sys, data);
        await sys.boss.complete(name, id);
        ran = true;
      }
    }
  }
}
