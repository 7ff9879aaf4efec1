import type { AdminActor, System, UserActor } from "../system.ts";
import { type Me, meView } from "./queries.ts";

/** The caller's account. */
export async function getMe(sys: System, actor: UserActor | AdminActor): Promise<Me> {
  return meView(await sys.db.user.findUniqueOrThrow({ where: { id: actor.userId } }));
}
