import type {
  AnyKeyDerivation,
  ImportedKeyDerivation,
  KeyDerivation,
} from "@openclaw-launch/core/auth/schema";
import { LaunchError } from "../errors.ts";
import { fromBase64Url, randomBytes, toBase64Url, toUtf8 } from "./bytes.ts";
import { deriveHkdfKey, hkdf, importHkdfKey } from "./hkdf.ts";
import { stretch } from "./stretch.ts";

const saltLength = 16;

/** The weakest derivation this client accepts, whatever a server asks for. Memory in KiB. */
export const floor = { memory: 65_536, iterations: 3, parallelism: 1 } as const;
/** The same for passwords of an older installation. */
const lowestCost = 12;

export type DerivedKeys = {
  /** How they were derived. */
  kdf: KeyDerivation;
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

/** About half a second of work. Throws vault.weak-key-derivation, account.imported, client.key-derivation-failed. */
export async function deriveKeys(password: string, kdf: AnyKeyDerivation): Promise<DerivedKeys> {
  if (kdf.algorithm === "bcrypt") throw new LaunchError("account.imported");
  const salt = fromBase64Url(kdf.salt);
  const isStrong =
    kdf.algorithm === "argon2id" &&
    salt.length === saltLength &&
    kdf.memory >= floor.memory &&
    kdf.iterations >= floor.iterations &&
    kdf.parallelism >= floor.parallelism;
  if (!isStrong) throw new LaunchError("vault.weak-key-derivation");

  const { memory, iterations, parallelism } = kdf;
  const secret = await stretch({
    algorithm: "argon2id",
    password: toUtf8(password.normalize("NFC")),
    salt,
    memory,
    iterations,
    parallelism,
  });
  const key = await importHkdfKey(secret);
  secret.fill(0);
  return {
    kdf,
    authKey: toBase64Url(await hkdf(key, salt, "ocl/v1/auth")),
    slotKey: await deriveHkdfKey(key, salt, "ocl/v1/kek"),
  };
}

/**
 * What proves the password of an account that was imported from an older installation; nothing is sealed under it. Weaker than
 * `deriveKeys`: only for somebody who said that theirs is such an account. Throws vault.weak-key-derivation,
 * client.key-derivation-failed.
 */
export async function deriveImportedKey(
  password: string,
  { salt: encodedSalt, cost }: ImportedKeyDerivation,
): Promise<string> {
  const salt = fromBase64Url(encodedSalt);
  if (salt.length !== saltLength || cost < lowestCost) throw new LaunchError("vault.weak-key-derivation");
  // As it was typed: the older installation composed no letters anew.
  const secret = await stretch({ algorithm: "bcrypt", password: toUtf8(password), salt, cost });
  const key = await importHkdfKey(secret);
  secret.fill(0);
  return toBase64Url(await hkdf(key, salt, "ocl/v1/auth/bcrypt"));
}
