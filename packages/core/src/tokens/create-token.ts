import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { hashOf, newSecret } from "../secrets.ts";
import type { System, UserActor } from "../system.ts";
import { tokenView } from "./queries.ts";
import { tokensPerUser } from "./rules.ts";
import type { createTokenInput, createTokenOutput } from "./schema.ts";

const dayMs = 86_400_000;

/**
 * Makes a token for programs. Its secret is returned this once and stored as a hash; so a repeat can't return it, and is refused:
 * operation.id-taken. Throws auth.limit-reached.
 */
export async function createToken(
  sys: System,
  actor: UserActor,
  { id, name, scope, days }: z.infer<typeof createTokenInput>,
): Promise<z.infer<typeof createTokenOutput>> {
  const { userId } = actor;
  const secret = `ocl_${newSecret(sys)}`;
  const createdAt = sys.clock.now();
  const expiresAt = new Date(createdAt.getTime() + days * dayMs);
  return sys.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "User" WHERE id = ${userId}::uuid FOR UPDATE`;
    if (await tx.apiToken.findUnique({ where: { id } })) throw new DomainError("operation.id-taken");
    if ((await tx.apiToken.count({ where: { userId } })) >= tokensPerUser)
      throw new DomainError("auth.limit-reached", { limit: tokensPerUser });
    const token = await tx.apiToken.create({
      data: { id, userId, name, scope, tokenHash: hashOf(secret), createdAt, expiresAt },
    });
    await recordEvent(tx, sys, actor, {
      action: "token.created",
      targetId: id,
      details: { name, scope, days },
    });
    await notifyOwner(tx, sys, userId, { actor, change: "api-token-created", name });
    return { token: tokenView(token), secret };
  });
}
