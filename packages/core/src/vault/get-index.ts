import type { OwnerActor, System } from "../system.ts";
import { base64Of } from "./queries.ts";
import type { VaultIndexRevision } from "./schema.ts";

/** The sealed list of what the vault should hold; null before the first save. */
export async function getIndex(sys: System, actor: OwnerActor): Promise<VaultIndexRevision | null> {
  const row = await sys.db.vaultIndex.findUnique({ where: { userId: actor.userId } });
  return row && { revision: row.revision, envelope: base64Of(row.envelope) };
}
