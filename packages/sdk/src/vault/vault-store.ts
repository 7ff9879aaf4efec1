import type { ConfigRevision } from "@openclaw-launch/core/vault/schema";

type Page = {
  items: readonly { id: string; revision: number; updatedAt: Date }[];
  nextCursor: string | null;
};

export type SealedIndex = { revision: number; envelope: string };

/** Where ciphertext is kept: the server. Methods throw LaunchError. */
export interface VaultStore {
  listConfigs(cursor: string | null): Promise<Page>;
  /** The newest revision unless one is named. Throws vault.config-missing. */
  getConfig(input: { id: string; revision?: number }): Promise<ConfigRevision>;
  /** The revision after the current one. Throws vault.revision-conflict. */
  saveConfig(input: ConfigRevision): Promise<void>;
  /** With the index that doesn't name it any more: both or neither. Throws what `saveIndex` does, vault.config-missing, auth.step-up-required. */
  removeConfig(input: { id: string; index: SealedIndex }): Promise<void>;
  /** The newest revision, or the newest before another one. */
  getIndex(input: { before?: number }): Promise<SealedIndex | null>;
  /** The revision after the current one. Throws vault.revision-conflict. */
  saveIndex(input: SealedIndex): Promise<void>;
}
