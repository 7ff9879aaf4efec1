import type { AdminActor, OwnerActor, System } from "../system.ts";
import { type Me, meView } from "./queries.ts";

/** The caller's account. */
export async function getMe(sys: System, actor: OwnerActor | AdminActor): Promise<Me> {
  return meView(await sys.db.user.findUniqueOrThrow({ where: { id: actor.userId } }));
}
