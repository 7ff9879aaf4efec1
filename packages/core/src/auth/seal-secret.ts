import { openBytes, sealBytes, subkey } from "../adapters/aes-gcm.ts";
import type { AuthSystem } from "./derive-secret.ts";

/** Of the key, so that a later one can be told from it. */
const version = 1;

/**
 * A column that only a holder of the app secret may read: AES-256-GCM, one byte of key version first.
 * `place` is "<table>|<column>|<row>|<user>": what is moved to another place no longer opens.
 */
export function sealSecret(sys: AuthSystem, place: string, plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(version, ...sealBytes(keyOf(sys), contextOf(place), plaintext));
}

/** Throws when the bytes were not sealed for this place by this installation. */
export function openSecret(sys: AuthSystem, place: string, sealed: Uint8Array): Uint8Array {
  if (sealed[0] !== version) throw new Error("sealed under an unknown version of the key");
  return new Uint8Array(openBytes(keyOf(sys), contextOf(place), sealed.subarray(1)));
}

const keyOf = (sys: AuthSystem) => subkey(Buffer.from(sys.config.APP_SECRET), "ocl/v1/column");
const contextOf = (place: string) => `${place}|${version}`;
