import type { z } from "zod";
import type { OwnerActor, System } from "../system.ts";
import { base64Of } from "./queries.ts";
import type { slot } from "./schema.ts";

/** The ways into the caller's vault, oldest first. */
export async function listSlots(sys: System, actor: OwnerActor): Promise<z.infer<typeof slot>[]> {
  const rows = await sys.db.vaultSlot.findMany({
    where: { userId: actor.userId, staleAt: null },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  return rows.map(({ id, kind, envelope, createdAt }) => ({
    id,
    kind,
    envelope: base64Of(envelope),
    createdAt,
  }));
}
