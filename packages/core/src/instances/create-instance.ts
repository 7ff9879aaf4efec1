import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { OwnerActor, System } from "../system.ts";
import { instanceView, ownInstance } from "./queries.ts";
import { instancesPerOwner, slugOf } from "./rules.ts";
import type { createInput, InstanceView } from "./schema.ts";

/** A new instance is a draft: nothing runs before its first deploy. Repeating it with the same id returns the same instance. */
export async function createInstance(
  sys: System,
  actor: OwnerActor,
  input: z.infer<typeof createInput>,
): Promise<InstanceView> {
  return sys.db.$transaction(async (tx) => {
    // Serialises the owner's creations, so that the limit holds when they arrive together.
    await tx.$queryRaw`SELECT id FROM "User" WHERE id = ${actor.userId}::uuid FOR UPDATE`;
    const existing = await tx.instance.findUnique({ where: { id: input.id } });
    if (existing) {
      const same =
        existing.ownerId === actor.userId && existing.name === input.name && existing.model === input.model;
      if (!same) throw new DomainError("instance.id-taken");
      return instanceView(await ownInstance(tx, actor, input.id));
    }

    const count = await tx.instance.count({ where: { ownerId: actor.userId, status: { not: "removed" } } });
    if (count >= instancesPerOwner)
      throw new DomainError("instance.limit-reached", { limit: instancesPerOwner });

    const now = sys.clock.now();
    await tx.instance.create({
      data: {
        id: input.id,
        ownerId: actor.userId,
        name: input.name,
        slug: slugOf(input.name, sys.random.bytes(6)),
        model: input.model,
        channels: input.channels,
        desired: "draft",
        status: "draft",
        createdAt: now,
        updatedAt: now,
      },
    });
    await recordEvent(tx, sys, actor, {
      action: "instance.created",
      targetId: input.id,
      details: { name: input.name },
    });
    return instanceView(await ownInstance(tx, actor, input.id));
  });
}
