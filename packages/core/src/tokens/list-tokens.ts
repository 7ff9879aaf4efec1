import type { z } from "zod";
import { after, newestFirst, pageOf } from "../api/cursor.ts";
import type { System, UserActor } from "../system.ts";
import { tokenView } from "./queries.ts";
import type { listTokensInput, listTokensOutput } from "./schema.ts";

/** The caller's tokens, newest first; those that ran out stay until they are revoked. */
export async function listTokens(
  sys: System,
  { userId }: UserActor,
  { cursor, limit }: z.infer<typeof listTokensInput>,
): Promise<z.infer<typeof listTokensOutput>> {
  const rows = await sys.db.apiToken.findMany({
    where: { userId, ...after(cursor) },
    orderBy: newestFirst,
    take: limit + 1,
  });
  return pageOf(rows, limit, tokenView);
}
