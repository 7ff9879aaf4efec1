import type { z } from "zod";
import type { OwnerActor, System } from "../system.ts";
import { base64Of, newestIndex } from "./queries.ts";
import type { getIndexInput, VaultIndexRevision } from "./schema.ts";

/** The sealed list of what the vault should hold, the newest or the one before another; null where there is none. */
export async function getIndex(
  sys: System,
  actor: OwnerActor,
  { before }: z.infer<typeof getIndexInput>,
): Promise<VaultIndexRevision | null> {
  const row = await newestIndex(sys.db, actor.userId, before);
  return row && { revision: row.revision, envelope: base64Of(row.envelope) };
}
