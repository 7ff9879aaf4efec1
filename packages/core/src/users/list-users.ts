import type { z } from "zod";
import { after, newestFirst, pageOf } from "../api/cursor.ts";
import type { AdminActor, System } from "../system.ts";
import type { listUsersInput, listUsersOutput } from "./schema.ts";

/** Every account, or those with such an address, newest first. */
export async function listUsers(
  sys: System,
  _actor: AdminActor,
  input: z.infer<typeof listUsersInput>,
): Promise<z.infer<typeof listUsersOutput>> {
  const rows = await sys.db.user.findMany({
    where: {
      ...(input.email && { email: { contains: input.email, mode: "insensitive" } }),
      ...after(input.cursor),
    },
    orderBy: newestFirst,
    take: input.limit + 1,
    include: { _count: { select: { instances: { where: { status: { not: "removed" } } } } } },
  });
  return pageOf(rows, input.limit, ({ id, email, role, createdAt, _count }) => ({
    id,
    email,
    role,
    createdAt,
    instances: _count.instances,
  }));
}
