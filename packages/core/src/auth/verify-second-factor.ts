import { DomainError } from "../errors.ts";
import type { SessionAudience } from "../generated/prisma/enums.ts";
import { checkOwnPasskey } from "../passkeys/check-own-passkey.ts";
import type { PasskeySystem } from "../passkeys/queries.ts";
import type { HalfActor, Transaction } from "../system.ts";
import { type BegunSession, beginSession } from "./begin-session.ts";
import { checkCode } from "./check-code.ts";
import type { AuthSystem } from "./derive-secret.ts";
import type { CodeProof, FactorProof } from "./schema.ts";

/**
 * Completes a sign-in to the dashboard: the half session becomes a full one, under a new cookie.
 * Throws auth.wrong-code, passkey.refused, request.too-many.
 */
export async function verifySecondFactor(
  sys: PasskeySystem,
  actor: HalfActor,
  proof: FactorProof,
): Promise<BegunSession> {
  if (proof.kind !== "passkey") return verifyCode(sys, actor, "app", proof);
  await checkOwnPasskey(sys, actor, proof, "auth.second-factor-failed");
  return sys.db.$transaction((tx) => complete(tx, sys, actor, "app", proof.kind));
}

/** The same with a code, for either app. */
export async function verifyCode(
  sys: AuthSystem,
  actor: HalfActor,
  audience: SessionAudience,
  proof: CodeProof,
): Promise<BegunSession> {
  return checkCode(sys, actor, proof, "auth.second-factor-failed", (tx) =>
    complete(tx, sys, actor, audience, proof.kind),
  );
}

async function complete(
  tx: Transaction,
  sys: AuthSystem,
  actor: HalfActor,
  audience: SessionAudience,
  factor: FactorProof["kind"],
): Promise<BegunSession> {
  const begun = await tx.session.findUnique({ where: { id: actor.sessionId }, select: { begunBy: true } });
  // Two answers at once complete one sign-in.
  const { count } = await tx.session.deleteMany({ where: { id: actor.sessionId, stage: "half" } });
  if (count === 0) throw new DomainError("auth.required");
  const user = await tx.user.findUniqueOrThrow({ where: { id: actor.userId } });
  const method = `${begun?.begunBy ?? "password"}+${factor}` as const;
  return beginSession(tx, sys, actor, audience, user, { method, isComplete: true });
}
