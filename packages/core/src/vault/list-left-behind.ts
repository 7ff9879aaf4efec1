import type { z } from "zod";
import type { OwnerActor, System } from "../system.ts";
import { configsPerUser, daysLeftBehind } from "./rules.ts";
import type { configLeftBehind } from "./schema.ts";

const dayMs = 86_400_000;

/** What resets of the password put out of the caller's reach, as long as it is kept; the latest first. */
export async function listLeftBehind(
  sys: System,
  { userId }: OwnerActor,
): Promise<z.infer<typeof configLeftBehind>[]> {
  const rows = await sys.db.vaultConfig.findMany({
    where: { userId, staleAt: { not: null } },
    orderBy: [{ staleAt: "desc" }, { id: "asc" }],
    take: configsPerUser,
  });
  return rows.flatMap(({ id, staleAt }) =>
    staleAt ? [{ id, leftAt: staleAt, erasedAt: new Date(staleAt.getTime() + daysLeftBehind * dayMs) }] : [],
  );
}
