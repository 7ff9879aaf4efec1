import type { z } from "zod";
import { after, newestFirst, pageOf } from "../api/cursor.ts";
import type { AdminActor, System } from "../system.ts";
import type { listFleetInput, listFleetOutput } from "./schema.ts";

/** Instances of all owners, newest first; removed ones only when asked for. */
export async function listFleet(
  sys: System,
  _actor: AdminActor,
  input: z.infer<typeof listFleetInput>,
): Promise<z.infer<typeof listFleetOutput>> {
  const rows = await sys.db.instance.findMany({
    where: { status: input.status ?? { not: "removed" }, ...after(input.cursor) },
    orderBy: newestFirst,
    take: input.limit + 1,
    include: { owner: { select: { email: true } }, host: { select: { name: true } } },
  });
  return pageOf(
    rows,
    input.limit,
    ({ id, slug, ownerId, owner, host, model, plan, status, reason, createdAt, updatedAt }) => ({
      id,
      slug,
      ownerId,
      ownerEmail: owner.email,
      hostName: host?.name ?? null,
      model,
      plan,
      status,
      reason,
      createdAt,
      updatedAt,
    }),
  );
}
