import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import type { OwnerActor, System } from "../system.ts";
import { lockVault, ownConfig } from "./queries.ts";
import { replaceIndex } from "./save-index.ts";
import type { removeConfigInput } from "./schema.ts";

/**
 * Deletes a configuration with all its revisions, and replaces the index, together: whatever refuses or breaks off, the index says
 * what is there. What was deployed from it goes on running. Throws vault.config-missing, vault.revision-conflict.
 */
export async function removeConfig(
  sys: System,
  actor: OwnerActor,
  input: z.infer<typeof removeConfigInput>,
): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    await lockVault(tx, actor);
    const { id } = await ownConfig(tx, actor, input.id);
    await tx.vaultConfig.delete({ where: { id } });
    await replaceIndex(tx, sys, actor, input.index);
    await recordEvent(tx, sys, actor, { action: "vault.config-removed", targetId: id });
  });
}
