import type { OwnerActor, System } from "../system.ts";
import { ownInstance } from "./queries.ts";
import type { RefusedConnectionView } from "./schema.ts";

const shown = 20;

/** Where the assistant wanted to go and may not; the latest come first. */
export async function listRefusedConnections(
  sys: System,
  actor: OwnerActor,
  input: { instanceId: string },
): Promise<RefusedConnectionView[]> {
  const { id } = await ownInstance(sys.db, actor, input.instanceId);
  return sys.db.refusedConnection.findMany({
    where: { instanceId: id },
    select: { target: true, count: true, lastAt: true },
    orderBy: [{ lastAt: "desc" }, { target: "asc" }],
    take: shown,
  });
}
