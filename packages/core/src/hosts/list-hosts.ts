import type { z } from "zod";
import { after, newestFirst, pageOf } from "../api/cursor.ts";
import type { AdminActor, System } from "../system.ts";
import { isOnline } from "./rules.ts";
import type { listHostsInput, listHostsOutput } from "./schema.ts";

/** Every host, newest first. */
export async function listHosts(
  sys: System,
  _actor: AdminActor,
  input: z.infer<typeof listHostsInput>,
): Promise<z.infer<typeof listHostsOutput>> {
  const now = sys.clock.now();
  const rows = await sys.db.host.findMany({
    where: after(input.cursor),
    orderBy: newestFirst,
    take: input.limit + 1,
    include: { _count: { select: { instances: { where: { status: { not: "removed" } } } } } },
  });
  return pageOf(rows, input.limit, ({ id, name, seenAt, createdAt, diskQuota, _count }) => ({
    id,
    name,
    seenAt,
    online: isOnline({ seenAt }, now),
    diskQuota: diskQuota === "enforced" ? "enforced" : "measured",
    createdAt,
    instances: _count.instances,
  }));
}
