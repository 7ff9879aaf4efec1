import type { z } from "zod";
import type { System, UserActor } from "../system.ts";
import { deviceName } from "./device-name.ts";
import type { listSessionsOutput } from "./schema.ts";
import { living } from "./sessions.ts";

/** Where the caller is signed in, in both apps, last used first. */
export async function listSessions(
  sys: System,
  { userId, sessionId }: UserActor,
): Promise<z.infer<typeof listSessionsOutput>> {
  const rows = await sys.db.session.findMany({
    where: { userId, stage: "full", ...living(sys) },
    orderBy: [{ usedAt: "desc" }, { id: "desc" }],
    take: 100,
  });
  return {
    items: rows.map(({ id, audience, userAgent, ip, createdAt, usedAt }) => ({
      id,
      current: id === sessionId,
      audience,
      device: deviceName(userAgent),
      ip,
      createdAt,
      usedAt,
    })),
  };
}
