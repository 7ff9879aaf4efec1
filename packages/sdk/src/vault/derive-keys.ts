import type { KeyDerivation } from "@openclaw-launch/core/auth/schema";
import { LaunchError } from "../errors.ts";
import { argon2id } from "./argon2.ts";
import { fromBase64Url, randomBytes, toBase64Url, toUtf8 } from "./bytes.ts";
import { deriveHkdfKey, hkdf, importHkdfKey } from "./hkdf.ts";

const saltLength = 16;

/** The weakest derivation this client accepts, whatever a server asks for. Memory in KiB. */
export const floor = { memory: 65_536, iterations: 3, parallelism: 1 } as const;

export type DerivedKeys = {
  /** Proves the password to the server: 32 bytes, base64url. Says nothing about `slotKey`. */
  authKey: string;
  /** Opens the password slot; never leaves this side. */
  slotKey: CryptoKey;
};

/** What a new password is derived with. */
export const newKeyDerivation = (): KeyDerivation => ({
  algorithm: "argon2id",
  salt: toBase64Url(randomBytes(saltLength)),
  ...floor,
});

/** About half a second of work. Throws vault.weak-key-derivation. */
export async function deriveKeys(password: string, kdf: KeyDerivation): Promise<DerivedKeys> {
  const salt = fromBase64Url(kdf.salt);
  const isStrong =
    kdf.algorithm === "argon2id" &&
    salt.length === saltLength &&
    kdf.memory >= floor.memory &&
    kdf.iterations >= floor.iterations &&
    kdf.parallelism >= floor.parallelism;
  if (!isStrong) throw new LaunchError("vault.weak-key-derivation");

  const { memory, iterations, parallelism } = kdf;
  const secret = await argon2id({
    password: toUtf8(password.normalize("NFC")),
    salt,
    memory,
    iterations,
    parallelism,
  });
  const key = await importHkdfKey(secret);
  secret.fill(0);
  return {
    authKey: toBase64Url(await hkdf(key, salt, "ocl/v1/auth")),
    slotKey: await deriveHkdfKey(key, salt, "ocl/v1/kek"),
  };
}
