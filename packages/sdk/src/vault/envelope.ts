// The envelope "OCV1": AES-256-GCM that also commits to its key. The README tells the layout.
import type { KeyDerivation } from "@openclaw-launch/core/auth/schema";
import type { maxEnvelopeBytes } from "@openclaw-launch/core/vault/schema";
import { LaunchError } from "../errors.ts";
import { type Bytes, concat, fromBase64, isEqual, randomBytes, toBase64, toUtf8, uint32 } from "./bytes.ts";
import { hkdf } from "./hkdf.ts";

const suite = 1;
const header = concat(toUtf8("OCV1"), Uint8Array.of(suite));
const saltLength = 32;
const ivLength = 12;
const commitLength = 32;
const tagLength = 16;
const prefixLength = header.length + saltLength + ivLength + commitLength;
const paddingBlock = 1024;
const maxEnvelopeLength: typeof maxEnvelopeBytes = 262_144;

/** What an envelope holds and where it belongs. It opens only under exactly these facts. */
export type Subject = {
  purpose: "password-slot" | "config-key" | "config-body" | "index";
  userId: string;
  objectType: "slot" | "config" | "index";
  objectId: string;
  revision: number;
  /** For slots that a password opens. */
  kdf?: KeyDerivation;
};

/** `key` is an HKDF key. Returns base64. Throws vault.too-large above 256 KiB. */
export async function seal(key: CryptoKey, subject: Subject, plaintext: Bytes): Promise<string> {
  const padded = pad(plaintext);
  if (prefixLength + padded.length + tagLength > maxEnvelopeLength) throw new LaunchError("vault.too-large");
  const salt = randomBytes(saltLength);
  const iv = randomBytes(ivLength);
  const { encryptionKey, commit } = await deriveKeys(key, salt, subject);
  const parameters = { name: "AES-GCM", iv, additionalData: authenticatedData(subject, salt, commit) };
  const ciphertext = await crypto.subtle.encrypt(parameters, encryptionKey, padded);
  padded.fill(0);
  return toBase64(concat(header, salt, iv, commit, new Uint8Array(ciphertext)));
}

/** Takes base64. Throws vault.refused, whatever the reason. */
export async function open(key: CryptoKey, subject: Subject, envelope: string): Promise<Bytes> {
  try {
    return await openOrThrow(key, subject, fromBase64(envelope));
  } catch {
    throw new LaunchError("vault.refused");
  }
}

async function openOrThrow(key: CryptoKey, subject: Subject, envelope: Bytes): Promise<Bytes> {
  if (envelope.length > maxEnvelopeLength || envelope.length < prefixLength + tagLength)
    throw new Error("length");
  const parts = split(envelope);
  if (!isEqual(parts.header, header)) throw new Error("unknown suite");
  const { encryptionKey, commit } = await deriveKeys(key, parts.salt, subject);
  if (!isEqual(parts.commit, commit)) throw new Error("another key");
  const parameters = {
    name: "AES-GCM",
    iv: parts.iv,
    additionalData: authenticatedData(subject, parts.salt, commit),
  };
  return unpad(new Uint8Array(await crypto.subtle.decrypt(parameters, encryptionKey, parts.ciphertext)));
}

function split(envelope: Bytes) {
  const salt = header.length;
  const iv = salt + saltLength;
  const commit = iv + ivLength;
  return {
    header: envelope.subarray(0, salt),
    salt: envelope.subarray(salt, iv),
    iv: envelope.subarray(iv, commit),
    commit: envelope.subarray(commit, prefixLength),
    ciphertext: envelope.subarray(prefixLength),
  };
}

async function deriveKeys(key: CryptoKey, salt: Bytes, { purpose }: Subject) {
  const [secret, commit] = await Promise.all([
    hkdf(key, salt, `ocl/v1/envelope/${purpose}/key`),
    hkdf(key, salt, `ocl/v1/envelope/${purpose}/commit`, commitLength),
  ]);
  const encryptionKey = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
  secret.fill(0);
  return { encryptionKey, commit };
}

/** Lengths stand before the fields, so no two subjects read the same. */
function authenticatedData(subject: Subject, salt: Bytes, commit: Bytes): Bytes {
  const { purpose, userId, objectType, objectId, revision, kdf } = subject;
  const fields = [purpose, userId, objectType, objectId, String(revision)];
  if (kdf)
    fields.push(kdf.algorithm, kdf.salt, String(kdf.memory), String(kdf.iterations), String(kdf.parallelism));
  const encoded = fields.map(toUtf8).flatMap((field) => [uint32(field.length), field]);
  return concat(header, uint32(fields.length), ...encoded, salt, commit);
}

/** To whole blocks, so the length tells little about the content. */
function pad(plaintext: Bytes): Bytes {
  const length = Math.ceil((4 + plaintext.length) / paddingBlock) * paddingBlock;
  const padded = new Uint8Array(length);
  padded.set(uint32(plaintext.length));
  padded.set(plaintext, 4);
  return padded;
}

function unpad(padded: Bytes): Bytes {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (4 + length > padded.length) throw new Error("padding");
  return padded.slice(4, 4 + length);
}
