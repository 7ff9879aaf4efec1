import type { Transaction } from "../system.ts";
import type { JobName, JobPayload } from "./catalogue.ts";

/** Asks for work in the transaction of the change that needs it; a rollback takes the job along. */
export interface JobQueue {
  enqueue<N extends JobName>(transaction: Transaction, name: N, payload: JobPayload<N>): Promise<void>;
}
