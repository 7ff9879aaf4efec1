import type { System } from "../system.ts";

/**
 * What a browser sealed names its end, ten minutes ahead at the most. Within a minute of it, it is gone from the database, whatever
 * became of it and of the host that it was sealed to.
 */
export async function expireDeployments({ db, clock }: System): Promise<void> {
  await db.deployment.updateMany({
    where: { expiresAt: { lt: clock.now() }, sealed: { not: null } },
    data: { sealed: null },
  });
}
