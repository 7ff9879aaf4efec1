import type { ConfigRevision } from "@openclaw-launch/core/vault/schema";
import { LaunchError } from "../errors.ts";
import type { SealedIndex, VaultStore } from "../vault/vault-store.ts";

type Stored = {
  configs: Record<string, ConfigRevision>;
  olderConfigs: ConfigRevision[];
  index: SealedIndex | null;
  /** Newest first. */
  olderIndexes: SealedIndex[];
};

/** A server in memory. Tests change `content` as a malicious one would. */
export class MemoryStore implements VaultStore {
  content: Stored = { configs: {}, olderConfigs: [], index: null, olderIndexes: [] };

  /** A copy, to be put back later. */
  snapshot(): Stored {
    return structuredClone(this.content);
  }

  async listConfigs(cursor: string | null) {
    // Pages of two, so that listing has to turn them.
    const all = Object.values(this.content.configs);
    const start = Number(cursor ?? 0);
    const items = all
      .slice(start, start + 2)
      .map(({ id, revision }) => ({ id, revision, updatedAt: new Date(0) }));
    return { items, nextCursor: start + 2 < all.length ? String(start + 2) : null };
  }

  async getConfig({ id, revision }: { id: string; revision?: number }) {
    const newest = this.content.configs[id];
    const older = this.content.olderConfigs.find(
      (config) => config.id === id && config.revision === revision,
    );
    const config = revision === undefined || revision === newest?.revision ? newest : older;
    if (!config) throw new LaunchError("vault.config-missing");
    return config;
  }

  async saveConfig(input: ConfigRevision) {
    const current = this.content.configs[input.id];
    if (input.revision !== (current?.revision ?? 0) + 1) throw new LaunchError("vault.revision-conflict");
    if (current) this.content.olderConfigs.push(current);
    this.content.configs[input.id] = input;
  }

  async removeConfig({ id, index }: { id: string; index: SealedIndex }) {
    if (!this.content.configs[id]) throw new LaunchError("vault.config-missing");
    await this.saveIndex(index);
    delete this.content.configs[id];
  }

  async getIndex({ before }: { before?: number } = {}) {
    const { index, olderIndexes } = this.content;
    return before === undefined ? index : (olderIndexes.find(({ revision }) => revision < before) ?? null);
  }

  async saveIndex(input: SealedIndex) {
    if (input.revision !== (this.content.index?.revision ?? 0) + 1)
      throw new LaunchError("vault.revision-conflict");
    if (this.content.index) this.content.olderIndexes.unshift(this.content.index);
    this.content.index = input;
  }
}
