import type { z } from "zod";
import { after, newestFirst, pageOf } from "../api/cursor.ts";
import type { OwnerActor, System } from "../system.ts";
import { configView } from "./queries.ts";
import type { listConfigsInput, listConfigsOutput } from "./schema.ts";

/** The caller's configurations, newest first. */
export async function listConfigs(
  sys: System,
  actor: OwnerActor,
  input: z.infer<typeof listConfigsInput>,
): Promise<z.infer<typeof listConfigsOutput>> {
  const rows = await sys.db.vaultConfig.findMany({
    where: { userId: actor.userId, staleAt: null, ...after(input.cursor) },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  return pageOf(rows, input.limit, configView);
}
