import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import { DomainError } from "../errors.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import { checkOwnPasskey } from "../passkeys/check-own-passkey.ts";
import type { PasskeySystem } from "../passkeys/queries.ts";
import type { AdminActor, Transaction, UserActor } from "../system.ts";
import { checkCode } from "./check-code.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { verifyAuthKey } from "./hash-auth-key.ts";
import type { adminStepUpInput, stepUpInput } from "./schema.ts";
import { proveSession } from "./sessions.ts";

type Proven = { cookie: string };
type Prover = UserActor | AdminActor;

/**
 * The caller shows once more that they are the owner: for ten minutes they may do what is dangerous, under a new cookie.
 * Throws auth.wrong-credentials, auth.wrong-code, passkey.refused, request.too-many.
 */
export async function stepUp(
  sys: PasskeySystem,
  actor: UserActor,
  { proof }: z.infer<typeof stepUpInput>,
): Promise<Proven> {
  if (proof.kind === "password") return stepUpByPassword(sys, actor, proof);
  const prove = (tx: Transaction) => proveActor(tx, sys, actor, proof.kind);
  if (proof.kind === "totp") return checkCode(sys, actor, proof, "auth.step-up-failed", prove);
  await checkOwnPasskey(sys, actor, proof, "auth.step-up-failed");
  return sys.db.$transaction(prove);
}

/** The same with the password, in either app: every operator has one. */
export async function stepUpByPassword(
  sys: AuthSystem,
  actor: Prover,
  { authKey }: z.infer<typeof adminStepUpInput>,
): Promise<Proven> {
  await checkPassword(sys, actor, authKey);
  return sys.db.$transaction((tx) => proveActor(tx, sys, actor, "password"));
}

async function proveActor(tx: Transaction, sys: AuthSystem, actor: Prover, by: string): Promise<Proven> {
  const cookie = await proveSession(tx, sys, actor.kind === "admin" ? "admin" : "app", actor.sessionId);
  await recordEvent(tx, sys, actor, { action: "auth.step-up", targetId: actor.userId, details: { by } });
  return { cookie };
}

async function checkPassword(sys: AuthSystem, actor: Prover, authKey: string): Promise<void> {
  const { userId } = actor;
  await consumeLimit(sys, actor, "step-up");
  const { passwordHash } = await sys.db.user.findUniqueOrThrow({ where: { id: userId } });
  if (await verifyAuthKey(sys, passwordHash, authKey)) return;
  await recordEvent(sys.db, sys, actor, {
    action: "auth.step-up-failed",
    outcome: "refused",
    targetId: userId,
    details: { by: "password" },
  });
  throw new DomainError("auth.wrong-credentials");
}
