import type { AssistantConfiguration } from "@openclaw-launch/core/instances/schema";
import type { ConfigRevision } from "@openclaw-launch/core/vault/schema";
import { LaunchError } from "../errors.ts";
import type { VaultKeys } from "./master-key.ts";
import { newId } from "./new-id.ts";
import { hashOf, openConfiguration, sealConfiguration } from "./sealed-configuration.ts";
import type { IndexContent, VaultIndex } from "./vault-index.ts";
import type { VaultStore } from "./vault-store.ts";

export type SavedConfiguration = { id: string; revision: number; configuration: AssistantConfiguration };

/**
 * Configurations as their owner sees them. Each read is compared with the sealed index:
 * throws vault.rolled-back or vault.incomplete, with `configId`, when the server withholds something. To accept a loss, remove it.
 */
export class Configurations {
  readonly #store: VaultStore;
  readonly #keys: VaultKeys;
  readonly #userId: string;
  readonly #index: VaultIndex;

  constructor(store: VaultStore, keys: VaultKeys, userId: string, index: VaultIndex) {
    this.#store = store;
    this.#keys = keys;
    this.#userId = userId;
    this.#index = index;
  }

  /** All of them, last changed first. */
  async list(): Promise<(SavedConfiguration & { updatedAt: Date })[]> {
    const index = await this.#index.read();
    const summaries = await this.#summaries();
    const listed = new Set(summaries.map(({ id }) => id));
    const missing = Object.keys(index.configs).filter((id) => !listed.has(id));
    if (missing.length > 0) await this.#requireForgotten(missing);
    const opened = await Promise.all(
      summaries.map(async ({ id, updatedAt }) => {
        const read = await this.#read(index, id).catch(nullIfMissing);
        return read && { ...read.saved, updatedAt };
      }),
    );
    return opened.filter((one) => one !== null);
  }

  /** Throws vault.config-missing. */
  async get(id: string): Promise<SavedConfiguration> {
    return (await this.#read(await this.#index.read(), id)).saved;
  }

  /**
   * Saves a configuration, as the next revision where there is one with this `id`. What it holds already is saved once, so a repeat with
   * the same `id` changes nothing. Throws vault.revision-conflict when another device was faster: at the same instant, or since
   * `baseRevision`, which is the one that this was changed from.
   */
  async save(
    configuration: AssistantConfiguration,
    id?: string,
    baseRevision?: number,
  ): Promise<SavedConfiguration> {
    // The index must exist before the first configuration does, and is written after it: broken off, it is behind, never ahead.
    const index = await this.#index.read();
    const current = id !== undefined && (await this.#has(index, id)) ? await this.#read(index, id) : null;
    if (current && isSame(current.saved.configuration, configuration)) {
      await this.#enter(index, current.stored);
      return current.saved;
    }
    if (current && current.saved.revision !== (baseRevision ?? current.saved.revision))
      throw new LaunchError("vault.revision-conflict", { details: { revision: current.saved.revision } });
    const about = { userId: this.#userId, id: id ?? newId(), revision: (current?.newest ?? 0) + 1 };
    const sealed = await sealConfiguration(this.#keys.configurationKey, about, configuration);
    await this.#store.saveConfig(sealed);
    await this.#enter(index, sealed);
    return { id: sealed.id, revision: sealed.revision, configuration };
  }

  /** A missing one is fine: then the index forgets it. Throws auth.step-up-required, and nothing has changed. */
  async remove(id: string): Promise<void> {
    const forget = (content: IndexContent) => ({ ...content, configs: omit(content.configs, id) });
    try {
      await this.#index.change(forget, (index) => this.#store.removeConfig({ id, index }));
    } catch (error) {
      if (!isMissing(error)) throw error;
      await this.#index.change(forget);
    }
  }

  /** Without asking for one that isn't there: browsers write that down as an error of the page. */
  async #has(index: IndexContent, id: string): Promise<boolean> {
    return id in index.configs || (await this.#summaries()).some((summary) => summary.id === id);
  }

  async #enter(index: IndexContent, sealed: ConfigRevision): Promise<void> {
    const entry = { revision: sealed.revision, hash: await hashOf(sealed) };
    if (index.configs[sealed.id]?.hash !== entry.hash)
      await this.#index.change((content) => withConfig(content, sealed.id, entry));
  }

  async #summaries() {
    const first = await this.#store.listConfigs(null);
    const items = [...first.items];
    for (let cursor = first.nextCursor; cursor !== null; ) {
      const page = await this.#store.listConfigs(cursor);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  /** The newest that opens: one after what the index names, that doesn't, was put there by somebody who may save, but not read. */
  async #read(index: IndexContent, id: string) {
    const stored = await this.#fetch(index, id);
    const newest = stored.revision;
    try {
      return { newest, stored, saved: await this.#open(index, stored) };
    } catch (error) {
      const known = index.configs[id]?.revision ?? newest;
      if (!(error instanceof LaunchError) || error.code !== "vault.refused" || newest <= known) throw error;
      const older = await this.#store.getConfig({ id, revision: known }).catch(nullIfMissing);
      if (!older) throw error;
      return { newest, stored: older, saved: await this.#open(index, older) };
    }
  }

  async #fetch(index: IndexContent, id: string): Promise<ConfigRevision> {
    try {
      return await this.#store.getConfig({ id });
    } catch (error) {
      if (isMissing(error) && index.configs[id]) await this.#requireForgotten([id]);
      throw error;
    }
  }

  /** Another device may have removed them since the index was read. Throws vault.incomplete when it still names one. */
  async #requireForgotten(ids: string[]): Promise<void> {
    const { configs } = await this.#index.read();
    const lost = ids.find((id) => configs[id]);
    if (lost) throw new LaunchError("vault.incomplete", { details: { configId: lost } });
  }

  async #open(index: IndexContent, stored: ConfigRevision): Promise<SavedConfiguration> {
    const expected = index.configs[stored.id];
    if (expected && stored.revision < expected.revision)
      throw new LaunchError("vault.rolled-back", { details: { configId: stored.id } });
    if (expected?.revision === stored.revision && expected.hash !== (await hashOf(stored)))
      throw new LaunchError("vault.refused");
    const configuration = await openConfiguration(this.#keys.configurationKey, this.#userId, stored);
    return { id: stored.id, revision: stored.revision, configuration };
  }
}

const isSame = (one: AssistantConfiguration, other: AssistantConfiguration): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const isMissing = (error: unknown): boolean =>
  error instanceof LaunchError && error.code === "vault.config-missing";

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

/** Another device may have saved a later revision meanwhile. */
function withConfig(content: IndexContent, id: string, entry: IndexContent["configs"][string]): IndexContent {
  const isNewer = (content.configs[id]?.revision ?? 0) < entry.revision;
  return isNewer ? { ...content, configs: { ...content.configs, [id]: entry } } : content;
}

const omit = (configs: IndexContent["configs"], id: string): IndexContent["configs"] =>
  Object.fromEntries(Object.entries(configs).filter(([key]) => key !== id));
