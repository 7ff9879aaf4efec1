import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { AdminActor, System } from "../system.ts";
import { lockInstance } from "./queries.ts";
import type { changePlanInput } from "./schema.ts";

/** Another size for an instance: at once where it runs, without a restart. */
export async function changePlan(
  sys: System,
  actor: AdminActor,
  { instanceId, plan }: z.infer<typeof changePlanInput>,
): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    await lockInstance(tx, instanceId);
    const instance = await tx.instance.findFirst({ where: { id: instanceId, status: { not: "removed" } } });
    if (!instance) throw new DomainError("instance.missing");
    if (instance.plan === plan) return;
    await tx.instance.update({ where: { id: instanceId }, data: { plan, updatedAt: sys.clock.now() } });
    await recordEvent(tx, sys, actor, {
      action: "instance.plan-changed",
      targetId: instanceId,
      userId: instance.ownerId,
      details: { plan },
    });
    if (instance.hostId) await sys.jobs.enqueue(tx, "converge", { hostId: instance.hostId, instanceId });
  });
}
