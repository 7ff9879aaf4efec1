import type { z } from "zod";
import type { System, UserActor } from "../system.ts";
import { passkeyView } from "./queries.ts";
import type { listPasskeysOutput } from "./schema.ts";

/** The caller's passkeys, oldest first; there are few of them (rules.ts). */
export async function listPasskeys(
  sys: System,
  { userId }: UserActor,
): Promise<z.infer<typeof listPasskeysOutput>> {
  const rows = await sys.db.passkey.findMany({
    where: { userId },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  return { items: rows.map(passkeyView) };
}
