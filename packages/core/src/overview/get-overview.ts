import type { z } from "zod";
import { silenceMs } from "../hosts/rules.ts";
import type { AdminActor, System } from "../system.ts";
import type { overview } from "./schema.ts";

export async function getOverview(sys: System, _actor: AdminActor): Promise<z.infer<typeof overview>> {
  const [users, byStatus, hosts, online] = await Promise.all([
    sys.db.user.count(),
    sys.db.instance.groupBy({ by: "status", _count: true }),
    sys.db.host.count(),
    sys.db.host.count({ where: { seenAt: { gt: new Date(sys.clock.now().getTime() - silenceMs) } } }),
  ]);
  const instances = { draft: 0, starting: 0, running: 0, stopping: 0, stopped: 0, failed: 0, removing: 0 };
  for (const { status, _count } of byStatus) if (status !== "removed") instances[status] = _count;
  return { users, instances, hosts: { total: hosts, online } };
}
