import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import type { System, UserActor } from "../system.ts";
import type { revokeTokenInput } from "./schema.ts";

/** Ends a token at once. Another's and an unknown one are the same answer: token.missing. */
export async function revokeToken(
  sys: System,
  actor: UserActor,
  { tokenId }: z.infer<typeof revokeTokenInput>,
): Promise<void> {
  await sys.db.$transaction(async (tx) => {
    const { count } = await tx.apiToken.deleteMany({ where: { id: tokenId, userId: actor.userId } });
    if (count === 0) throw new DomainError("token.missing");
    await recordEvent(tx, sys, actor, { action: "token.revoked", targetId: tokenId });
  });
}
