import type { ConfigRevision } from "@openclaw-launch/core/vault/schema";

type Page = {
  items: readonly { id: string; revision: number; updatedAt: Date }[];
  nextCursor: string | null;
};

/** Where ciphertext is kept: the server. Methods throw LaunchError. */
export interface VaultStore {
  listConfigs(cursor: string | null): Promise<Page>;
  /** The newest revision unless one is named. Throws vault.config-missing. */
  getConfig(input: { id: string; revision?: number }): Promise<ConfigRevision>;
  /** The revision after the current one. Throws vault.revision-conflict. */
  saveConfig(input: ConfigRevision): Promise<void>;
  removeConfig(input: { id: string }): Promise<void>;
  getIndex(): Promise<{ revision: number; envelope: string } | null>;
  /** The revision after the current one. Throws vault.revision-conflict. */
  saveIndex(input: { revision: number; envelope: string }): Promise<void>;
}
