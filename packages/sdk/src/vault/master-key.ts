import { type Bytes, concat, fromBase64Url, randomBytes, toBase64Url } from "./bytes.ts";
import { deriveHkdfKey, hkdf, importHkdfKey } from "./hkdf.ts";

const noSalt = new Uint8Array(0);
/** DER of an Ed25519 private key (RFC 8410) up to its 32-byte seed. */
const pkcs8Prefix = fromBase64Url("MC4CAQAwBQYDK2VwBCIEIA");

/** Everything that opens once the master key is known. None of it can be read back as bytes. */
export type VaultKeys = {
  /** Seals the index. */
  masterKey: CryptoKey;
  /** Seals the data keys of configurations. */
  configurationKey: CryptoKey;
  /** Ed25519: signs deployments. */
  signingKey: CryptoKey;
  /** Its public half, base64url. */
  publicSigningKey: string;
};

/** 256 random bits. Seal them into a slot, derive the keys, and forget them. */
export const newMasterKey = (): Bytes => randomBytes(32);

export async function deriveVaultKeys(master: Bytes): Promise<VaultKeys> {
  const masterKey = await importHkdfKey(master);
  const seed = await hkdf(masterKey, noSalt, "ocl/v1/sign");
  return {
    masterKey,
    configurationKey: await deriveHkdfKey(masterKey, noSalt, "ocl/v1/config-wrap"),
    ...(await importSigningKey(seed)),
  };
}

async function importSigningKey(seed: Bytes) {
  const pkcs8 = concat(pkcs8Prefix, seed);
  // WebCrypto computes the public half only on export.
  const exportable = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", exportable);
  const signingKey = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  pkcs8.fill(0);
  seed.fill(0);
  if (!x) throw new Error("Ed25519 export has no public key");
  return { signingKey, publicSigningKey: toBase64Url(fromBase64Url(x)) };
}
