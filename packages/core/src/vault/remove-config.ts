import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import type { OwnerActor, System } from "../system.ts";
import { lockVault, ownConfig } from "./queries.ts";
import type { removeConfigInput } from "./schema.ts";

/** Deletes a configuration with all its revisions. What was deployed from it goes on running. */
export async function removeConfig(
  sys: System,
  actor: OwnerActor,
  input: z.infer<typeof removeConfigInput>,
): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    await lockVault(tx, actor);
    const { id } = await ownConfig(tx, actor, input.id);
    await tx.vaultConfig.delete({ where: { id } });
    await recordEvent(tx, sys, actor, { action: "vault.config-removed", targetId: id });
  });
}
