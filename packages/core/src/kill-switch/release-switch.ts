import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { AdminActor, System } from "../system.ts";
import { isSwitchedOff, subjectsOf, switchView } from "./queries.ts";
import type { KillSwitchView, releaseInput } from "./schema.ts";

/** From now on owners may start again what was killed; nothing starts by itself. Released twice is released once. */
export async function releaseSwitch(
  sys: System,
  actor: AdminActor,
  { switchId, reason }: z.infer<typeof releaseInput>,
): Promise<KillSwitchView> {
  return sys.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "KillSwitch" WHERE id = ${switchId}::uuid FOR UPDATE`;
    const found = await tx.killSwitch.findUnique({ where: { id: switchId } });
    if (!found) throw new DomainError("kill-switch.missing");
    if (found.releasedAt) return switchView(tx, switchId);
    await tx.killSwitch.update({
      where: { id: switchId },
      data: { releasedAt: sys.clock.now(), releasedById: actor.userId },
    });
    await recordEvent(tx, sys, actor, {
      action: "kill-switch.released",
      targetId: switchId,
      ...(found.userId && { userId: found.userId }),
      details: { reason, of: found.userId ?? "everybody" },
    });
    const owners = await tx.instance.findMany({
      where: { ...subjectsOf(found), reason: "instance.switched-off" },
      distinct: ["ownerId"],
      select: { ownerId: true },
    });
    for (const { ownerId } of owners) {
      if (await isSwitchedOff(tx, ownerId)) continue;
      await tx.instance.updateMany({
        where: { ownerId, reason: "instance.switched-off" },
        data: { reason: null },
      });
    }
    return switchView(tx, switchId);
  });
}
