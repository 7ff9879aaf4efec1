import type { z } from "zod";
import { type AuthSystem, deriveSecret } from "./derive-secret.ts";
import { anyKeyDerivation, keyDerivationFloor, type preloginInput, type preloginOutput } from "./schema.ts";

/**
 * How to derive the keys of an account. An unknown address gets an answer that looks alike and stays the same; only an imported
 * account shows as one until its first sign-in (docs/decisions).
 */
export async function startLogin(
  sys: AuthSystem,
  { email }: z.infer<typeof preloginInput>,
): Promise<z.infer<typeof preloginOutput>> {
  const user = await sys.db.user.findUnique({ where: { email }, select: { kdf: true } });
  const salt = deriveSecret(sys, "unknown-salt", email).subarray(0, 16).toString("base64url");
  const unknown = { algorithm: "argon2id" as const, salt, ...keyDerivationFloor };
  return { kdf: user?.kdf ? anyKeyDerivation.parse(user.kdf) : unknown };
}
