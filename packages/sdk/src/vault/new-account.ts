import { deriveVaultKeys, newMasterKey, type VaultKeys } from "./master-key.ts";
import { newId } from "./new-id.ts";
import { newPasswordKeys, type PasswordKeys } from "./password-keys.ts";

/** What a server gets to know of a new account. */
export type NewAccount = { userId: string } & Omit<PasswordKeys, "authKey">;

export type MadeAccount = { account: NewAccount; authKey: string; keys: VaultKeys };

/** Makes an account with an empty vault. The password and `keys` stay on this side. */
export async function newAccount(password: string): Promise<MadeAccount> {
  const userId = newId();
  const master = newMasterKey();
  const { authKey, ...sealed } = await newPasswordKeys(password, userId, master);
  const keys = await deriveVaultKeys(master);
  master.fill(0);
  return { account: { userId, ...sealed }, authKey, keys };
}
