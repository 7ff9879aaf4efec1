import type { KeyDerivation } from "@openclaw-launch/core/auth/schema";
import type { Bytes } from "./bytes.ts";
import { deriveKeys, newKeyDerivation } from "./derive-keys.ts";
import { newId } from "./new-id.ts";
import { type PasswordSlot, sealPasswordSlot } from "./password-slot.ts";

/** What a server is told of a new password: how its keys are derived, one of them, and the master key sealed under the other. */
export type PasswordKeys = { kdf: KeyDerivation; authKey: string; slot: PasswordSlot };

export async function newPasswordKeys(
  password: string,
  userId: string,
  masterKey: Bytes,
): Promise<PasswordKeys> {
  const { kdf, authKey, slotKey } = await deriveKeys(password, newKeyDerivation());
  const slot = await sealPasswordSlot(slotKey, { id: newId(), userId, kdf }, masterKey);
  return { kdf, authKey, slot };
}
