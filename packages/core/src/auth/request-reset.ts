import type { z } from "zod";
import { consumeLimit } from "../limits/consume-limit.ts";
import type { Actor, Client, System } from "../system.ts";
import type { requestResetInput } from "./schema.ts";

/**
 * Asks for a mail with a link to a new password. Whether there is such an account is looked up later, by a job: the answer, the work
 * and the time are the same for every address. Throws request.too-many.
 */
export async function requestReset(
  sys: System,
  actor: Extract<Actor, Client>,
  { email }: z.infer<typeof requestResetInput>,
): Promise<void> {
  await consumeLimit(sys, actor, "reset.account", email);
  const { ip, userAgent } = actor;
  await sys.db.$transaction((tx) =>
    sys.jobs.enqueue(tx, "reset-requested", { id: sys.random.uuid(), email, ip, userAgent }),
  );
}
