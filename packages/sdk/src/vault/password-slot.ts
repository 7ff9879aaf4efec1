import type { KeyDerivation } from "@openclaw-launch/core/auth/schema";
import type { Bytes } from "./bytes.ts";
import { open, type Subject, seal } from "./envelope.ts";

export type PasswordSlot = {
  id: string;
  /** Base64. */
  envelope: string;
};

/** Seals the master key under the password. */
export async function sealPasswordSlot(
  slotKey: CryptoKey,
  about: { id: string; userId: string; kdf: KeyDerivation },
  masterKey: Bytes,
): Promise<PasswordSlot> {
  return { id: about.id, envelope: await seal(slotKey, subjectOf(about), masterKey) };
}

/** Returns the master key. Throws vault.refused for a wrong password, account or derivation. */
export const openPasswordSlot = (
  slotKey: CryptoKey,
  slot: PasswordSlot,
  about: { userId: string; kdf: KeyDerivation },
): Promise<Bytes> => open(slotKey, subjectOf({ ...about, id: slot.id }), slot.envelope);

const subjectOf = ({ id, userId, kdf }: { id: string; userId: string; kdf: KeyDerivation }): Subject => ({
  purpose: "password-slot",
  userId,
  objectType: "slot",
  objectId: id,
  revision: 1,
  kdf,
});
