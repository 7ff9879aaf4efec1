import type { ApiTokenScope } from "../generated/prisma/enums.ts";
import { hashOf } from "../secrets.ts";
import type { Client, System } from "../system.ts";

/** The time of the last use is kept to about this. */
const useIntervalMs = 60_000;

/** The token of an `Authorization` header, if it holds; notes the use. */
export async function findApiToken(
  sys: System,
  authorization: string,
  { ip }: Client,
): Promise<{ userId: string; tokenId: string; scope: ApiTokenScope } | null> {
  const [, token] = /^Bearer (ocl_[A-Za-z0-9_-]{43})$/i.exec(authorization) ?? [];
  if (!token) return null;
  const now = sys.clock.now();
  const row = await sys.db.apiToken.findFirst({
    where: { tokenHash: hashOf(token), expiresAt: { gt: now } },
  });
  if (!row) return null;
  const { id, userId, scope, usedAt } = row;
  if (!usedAt || now.getTime() - usedAt.getTime() > useIntervalMs)
    await sys.db.apiToken.updateMany({ where: { id }, data: { usedAt: now, usedIp: ip } });
  return { userId, tokenId: id, scope };
}
