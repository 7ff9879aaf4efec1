import type { z } from "zod";
import type { ApiToken } from "../generated/prisma/client.ts";
import type { apiToken } from "./schema.ts";

export function tokenView({
  id,
  name,
  scope,
  createdAt,
  expiresAt,
  usedAt,
  usedIp,
}: ApiToken): z.infer<typeof apiToken> {
  return { id, name, scope, createdAt, expiresAt, usedAt, usedIp };
}
