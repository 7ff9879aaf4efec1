import { type Bytes, toUtf8 } from "./bytes.ts";

/** HKDF-SHA256 (RFC 5869). `key` is from `importHkdfKey`. */
export async function hkdf(key: CryptoKey, salt: Bytes, info: string, length = 32): Promise<Bytes> {
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info: toUtf8(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8));
}

/** A key from which others are derived; its bytes can't be read back. */
export const importHkdfKey = (secret: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);

/** As `hkdf`, but the result is a key of that kind itself. */
export async function deriveHkdfKey(key: CryptoKey, salt: Bytes, info: string): Promise<CryptoKey> {
  const secret = await hkdf(key, salt, info);
  const derived = await importHkdfKey(secret);
  secret.fill(0);
  return derived;
}
