import type { z } from "zod";
import type { System, UserActor } from "../system.ts";
import type { listIdentitiesOutput } from "./schema.ts";

/** The caller's accounts at providers, oldest first. */
export async function listIdentities(
  sys: System,
  { userId }: UserActor,
): Promise<z.infer<typeof listIdentitiesOutput>> {
  const items = await sys.db.identity.findMany({
    where: { userId },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true, provider: true, email: true, createdAt: true, usedAt: true },
  });
  return { items };
}
