import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const ivLength = 12;
const tagLength = 16;

/** 256-bit key for one purpose. */
export function subkey(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, new Uint8Array(), purpose, 32));
}

/** AES-256-GCM: 12 bytes of IV, ciphertext, 16 bytes of tag. `context` is bound to it and must be given again to open. */
export function sealBytes(key: Uint8Array, context: string, plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(context));
  return Uint8Array.from(Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]));
}

/** Throws when key, context or bytes are not those of the sealing. */
export function openBytes(key: Uint8Array, context: string, sealed: Uint8Array): Buffer {
  const body = sealed.subarray(ivLength, sealed.length - tagLength);
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, ivLength), {
    authTagLength: tagLength,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(sealed.length - tagLength));
  return Buffer.concat([decipher.update(body), decipher.final()]);
}
