import { createPublicKey, verify } from "node:crypto";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

const encapsulatedKeyLength = 32;

/** What is sealed, and what about: both sides name the same, or it doesn't open. */
export type Purpose = { info: string; facts: readonly (string | number)[] };

const suiteOf = () =>
  new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const bytes = (text: string) => new TextEncoder().encode(text);
const boundTo = ({ facts }: Purpose) => bytes(facts.join("|"));

/** To whoever holds the private half of this X25519 key (base64url). HPKE, RFC 9180: the encapsulated key, then the ciphertext. */
export async function sealTo(publicKey: string, plaintext: Uint8Array, purpose: Purpose): Promise<Buffer> {
  const suite = suiteOf();
  const recipientPublicKey = await suite.kem.deserializePublicKey(
    Uint8Array.from(Buffer.from(publicKey, "base64url")),
  );
  const { enc, ct } = await suite.seal(
    { recipientPublicKey, info: bytes(purpose.info) },
    Uint8Array.from(plaintext),
    boundTo(purpose),
  );
  return Buffer.concat([Buffer.from(enc), Buffer.from(ct)]);
}

/** `privateKey`: PKCS #8. Rejects what was sealed to another key or for another purpose. */
export async function openWith(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  purpose: Purpose,
): Promise<Uint8Array> {
  const recipientKey = await crypto.subtle.importKey("pkcs8", Uint8Array.from(privateKey), "X25519", true, [
    "deriveBits",
  ]);
  const opened = await suiteOf().open(
    {
      recipientKey,
      info: bytes(purpose.info),
      enc: Uint8Array.from(sealed.subarray(0, encapsulatedKeyLength)),
    },
    Uint8Array.from(sealed.subarray(encapsulatedKeyLength)),
    boundTo(purpose),
  );
  return new Uint8Array(opened);
}

/** Ed25519; key and signature base64url. */
export function isSignedBy(key: string, message: string, signature: string): boolean {
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key }, format: "jwk" });
  return verify(null, Buffer.from(message), publicKey, Buffer.from(signature, "base64url"));
}
