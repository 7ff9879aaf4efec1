import type { JobPayload } from "../jobs/catalogue.ts";
import type { System, Transaction } from "../system.ts";

/**
 * Sends a mail once the transaction has committed, however long that takes; a rollback takes it along. With the same `id` it is
 * the same mail.
 */
export async function sendMail(
  tx: Transaction,
  sys: System,
  { id = sys.random.uuid(), ...mail }: Omit<JobPayload<"mail">, "id"> & { id?: string },
): Promise<void> {
  await sys.jobs.enqueue(tx, "mail", { id, ...mail });
}
