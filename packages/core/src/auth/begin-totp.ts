import type { z } from "zod";
import { DomainError } from "../errors.ts";
import type { UserActor } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import type { beginTotpOutput } from "./schema.ts";
import { sealSecret } from "./seal-secret.ts";
import { totpPlace } from "./spend-totp-code.ts";
import { enrolmentUri, secretBytes, writtenSecret } from "./totp.ts";

/** Offers a secret to an authenticator app; it counts once a code has confirmed it. Throws totp.already-on. */
export async function beginTotp(sys: AuthSystem, actor: UserActor): Promise<z.infer<typeof beginTotpOutput>> {
  const { userId } = actor;
  const secret = sys.random.bytes(secretBytes);
  const offer = {
    secret: sealSecret(sys, totpPlace(userId), secret),
    lastStep: 0,
    createdAt: sys.clock.now(),
  };
  const { email } = await sys.db.user.findUniqueOrThrow({ where: { id: userId } });
  await sys.db.$transaction(async (tx) => {
    const { count } = await tx.totp.updateMany({ where: { userId, confirmedAt: null }, data: offer });
    if (count === 1) return;
    if (await tx.totp.findUnique({ where: { userId } })) throw new DomainError("totp.already-on");
    await tx.totp.create({ data: { userId, ...offer } });
  });
  return { secret: writtenSecret(secret), uri: enrolmentUri(email, secret) };
}
