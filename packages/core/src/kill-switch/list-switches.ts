import type { AdminActor, System } from "../system.ts";
import { switchView } from "./queries.ts";
import type { KillSwitchView } from "./schema.ts";

/** More stand at once only by mistake. */
const most = 100;

/** Those that stand, newest first. */
export async function listSwitches(sys: System, _actor: AdminActor): Promise<KillSwitchView[]> {
  const standing = await sys.db.killSwitch.findMany({
    where: { releasedAt: null },
    orderBy: { engagedAt: "desc" },
    take: most,
    select: { id: true },
  });
  return Promise.all(standing.map(({ id }) => switchView(sys.db, id)));
}
