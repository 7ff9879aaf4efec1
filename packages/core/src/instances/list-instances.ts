import type { z } from "zod";
import type { System, UserActor } from "../system.ts";
import { decodeCursor, encodeCursor } from "../api/cursor.ts";
import { instanceView, ownInstances } from "./queries.ts";
import type { listInput, listOutput } from "./schema.ts";

/** The caller's instances, newest first. */
export async function listInstances(
  sys: System,
  actor: UserActor,
  input: z.infer<typeof listInput>,
): Promise<z.infer<typeof listOutput>> {
  const rows = await ownInstances(sys.db, actor, { after: decodeCursor(input.cursor), take: input.limit + 1 });
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  return {
    items: page.map(instanceView),
    nextCursor: rows.length > input.limit && last ? encodeCursor(last) : null,
  };
}
