import type { KeyDerivation } from "@openclaw-launch/core/auth/schema";
import { deriveKeys, newKeyDerivation } from "./derive-keys.ts";
import { deriveVaultKeys, newMasterKey, type VaultKeys } from "./master-key.ts";
import { newId } from "./new-id.ts";
import { type PasswordSlot, sealPasswordSlot } from "./password-slot.ts";

/** What a server gets to know of a new account. */
export type NewAccount = { userId: string; kdf: KeyDerivation; slot: PasswordSlot };

/** Makes an account with an empty vault. The password and `keys` stay on this side. */
export async function newAccount(
  password: string,
): Promise<{ account: NewAccount; authKey: string; keys: VaultKeys }> {
  const userId = newId();
  const kdf = newKeyDerivation();
  const { authKey, slotKey } = await deriveKeys(password, kdf);
  const master = newMasterKey();
  const slot = await sealPasswordSlot(slotKey, { id: newId(), userId, kdf }, master);
  const keys = await deriveVaultKeys(master);
  master.fill(0);
  return { account: { userId, kdf, slot }, authKey, keys };
}
