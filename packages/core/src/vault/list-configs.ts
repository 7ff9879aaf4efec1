import type { z } from "zod";
import { decodeCursor, encodeCursor } from "../api/cursor.ts";
import type { System, UserActor } from "../system.ts";
import { configView } from "./queries.ts";
import type { listConfigsInput, listConfigsOutput } from "./schema.ts";

/** The caller's configurations, newest first. */
export async function listConfigs(
  sys: System,
  actor: UserActor,
  input: z.infer<typeof listConfigsInput>,
): Promise<z.infer<typeof listConfigsOutput>> {
  const after = decodeCursor(input.cursor);
  const rows = await sys.db.vaultConfig.findMany({
    where: {
      userId: actor.userId,
      ...(after && {
        OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }],
      }),
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: input.limit + 1,
  });
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  return { items: page.map(configView), nextCursor: rows.length > input.limit && last ? encodeCursor(last) : null };
}
