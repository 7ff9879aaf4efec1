import type { z } from "zod";
import { DomainError } from "../errors.ts";
import type { OwnerActor, System } from "../system.ts";
import { base64Of, ownConfig } from "./queries.ts";
import type { ConfigRevision, getConfigInput } from "./schema.ts";

/** One revision as the browser encrypted it: the newest unless the caller names another. */
export async function getConfig(
  sys: System,
  actor: OwnerActor,
  input: z.infer<typeof getConfigInput>,
): Promise<ConfigRevision> {
  const { id, revision } = await ownConfig(sys.db, actor, input.id);
  const wanted = input.revision ?? revision;
  const row = await sys.db.vaultConfigRevision.findUnique({
    where: { configId_revision: { configId: id, revision: wanted } },
  });
  if (!row) throw new DomainError("vault.config-missing");
  return { id, revision: wanted, wrappedKey: base64Of(row.wrappedKey), envelope: base64Of(row.envelope) };
}
