import type { z } from "zod";
import { pageOf } from "../api/cursor.ts";
import type { OwnerActor, System } from "../system.ts";
import { instanceView, ownInstances } from "./queries.ts";
import type { listInput, listOutput } from "./schema.ts";

/** The caller's instances, newest first. */
export async function listInstances(
  sys: System,
  actor: OwnerActor,
  input: z.infer<typeof listInput>,
): Promise<z.infer<typeof listOutput>> {
  return pageOf(await ownInstances(sys.db, actor, input), input.limit, instanceView);
}
