import type { z } from "zod";
import { after, newestFirst, pageOf } from "../api/cursor.ts";
import type { System, UserActor } from "../system.ts";
import { configView } from "./queries.ts";
import type { listConfigsInput, listConfigsOutput } from "./schema.ts";

/** The caller's configurations, newest first. */
export async function listConfigs(
  sys: System,
  actor: UserActor,
  input: z.infer<typeof listConfigsInput>,
): Promise<z.infer<typeof listConfigsOutput>> {
  const rows = await sys.db.vaultConfig.findMany({
    where: { userId: actor.userId, ...after(input.cursor) },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  return pageOf(rows, input.limit, configView);
}
