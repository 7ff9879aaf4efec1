import type { Api } from "./api.ts";
import { rethrow } from "./errors.ts";
import type { VaultStore } from "./vault/vault-store.ts";

/** The vault's ciphertext on the server. */
export function remoteVaultStore({ vault }: Api): VaultStore {
  return {
    listConfigs: (cursor) => vault.configs.list.query({ cursor }).catch(rethrow),
    getConfig: (input) => vault.configs.get.query(input).catch(rethrow),
    saveConfig: async (input) => void (await vault.configs.save.mutate(input).catch(rethrow)),
    removeConfig: async (input) => void (await vault.configs.remove.mutate(input).catch(rethrow)),
    getIndex: (input) => vault.index.get.query(input).catch(rethrow),
    saveIndex: async (input) => void (await vault.index.save.mutate(input).catch(rethrow)),
  };
}
