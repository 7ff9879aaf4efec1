import { recordEvent } from "../audit/record-event.ts";
import type { OwnerActor, System } from "../system.ts";
import { announceInstance } from "./announce-instance.ts";
import { instanceView, lockOwnInstance, ownInstance } from "./queries.ts";
import type { InstanceView } from "./schema.ts";

/** Changes the name that people see; the host name stays. */
export async function renameInstance(
  sys: System,
  actor: OwnerActor,
  input: { instanceId: string; name: string },
): Promise<InstanceView> {
  return sys.db.$transaction(async (tx) => {
    const instance = await lockOwnInstance(tx, actor, input.instanceId);
    if (instance.name !== input.name) {
      await tx.instance.update({
        where: { id: instance.id },
        data: { name: input.name, updatedAt: sys.clock.now() },
      });
      await recordEvent(tx, sys, actor, {
        action: "instance.renamed",
        targetId: instance.id,
        details: { name: input.name },
      });
      await announceInstance(tx, instance.id);
    }
    return instanceView(await ownInstance(tx, actor, instance.id));
  });
}
