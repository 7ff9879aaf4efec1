import { LaunchError } from "../errors.ts";
import { fromUtf8, toUtf8 } from "./bytes.ts";
import { open, type Subject, seal } from "./envelope.ts";
import type { SealedIndex, VaultStore } from "./vault-store.ts";

/** What the vault should hold. The server keeps it but can neither read nor change it. */
export type IndexContent = {
  version: 1;
  /** By configuration id. */
  configs: Readonly<Record<string, { revision: number; hash: string }>>;
  /** Ed25519 identities of the machines that this vault seals to, by host id. */
  workers: Readonly<Record<string, string>>;
};

type SaveIndex = (index: SealedIndex) => Promise<void>;

const empty: IndexContent = { version: 1, configs: {}, workers: {} };
const maxAttempts = 5;

/**
 * A revision that doesn't open was put there by somebody who may save, but not read: the newest that opens counts.
 * Throws vault.rolled-back when the server hands out an older index than one already seen, vault.incomplete when it lost it,
 * vault.refused when none opens that is at least as new as those seen.
 */
export class VaultIndex {
  readonly #store: VaultStore;
  readonly #masterKey: CryptoKey;
  readonly #userId: string;
  #seen = 0;

  constructor(store: VaultStore, masterKey: CryptoKey, userId: string) {
    this.#store = store;
    this.#masterKey = masterKey;
    this.#userId = userId;
  }

  async read(): Promise<IndexContent> {
    return (await this.#load()).content;
  }

  /** Applies the change to the newest index, again when another device was faster. `save` may store more together with it. */
  async change(
    apply: (content: IndexContent) => IndexContent,
    save: SaveIndex = (index) => this.#store.saveIndex(index),
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { revision, content } = await this.#load();
      try {
        return await this.#save(revision + 1, apply(content), save);
      } catch (error) {
        if (attempt === maxAttempts) throw error;
        unlessOutrun(error);
      }
    }
  }

  async #load(): Promise<{ revision: number; content: IndexContent }> {
    // What is seen while the answer is on its way may be newer than the answer.
    const seen = this.#seen;
    const newest = (await this.#store.getIndex({})) ?? (await this.#begin(seen));
    if (newest.revision < seen) throw new LaunchError("vault.rolled-back");
    return { revision: newest.revision, content: await this.#open(newest, seen) };
  }

  async #open({ revision, envelope }: SealedIndex, seen: number): Promise<IndexContent> {
    try {
      const plaintext = await open(this.#masterKey, this.#subjectOf(revision), envelope);
      this.#see(revision);
      return JSON.parse(fromUtf8(plaintext)) as IndexContent;
    } catch (error) {
      if (!(error instanceof LaunchError) || error.code !== "vault.refused") throw error;
      const older = await this.#store.getIndex({ before: revision });
      if (!older || older.revision >= revision || older.revision < seen) throw error;
      return this.#open(older, seen);
    }
  }

  /** A new vault has no index. One with configurations has lost it, unless it was begun just now. */
  async #begin(seen: number): Promise<SealedIndex> {
    const { items } = await this.#store.listConfigs(null);
    if (seen === 0 && items.length === 0)
      await this.#save(1, empty, (index) => this.#store.saveIndex(index)).catch(unlessOutrun);
    const begun = await this.#store.getIndex({});
    if (!begun) throw new LaunchError("vault.incomplete");
    return begun;
  }

  async #save(revision: number, content: IndexContent, save: SaveIndex): Promise<void> {
    const envelope = await seal(this.#masterKey, this.#subjectOf(revision), toUtf8(JSON.stringify(content)));
    await save({ revision, envelope });
    this.#see(revision);
  }

  /** Answers may overtake each other. */
  #see(revision: number): void {
    this.#seen = Math.max(this.#seen, revision);
  }

  #subjectOf(revision: number): Subject {
    return { purpose: "index", userId: this.#userId, objectType: "index", objectId: this.#userId, revision };
  }
}

/** Another writer was faster. */
function unlessOutrun(error: unknown): void {
  if (!(error instanceof LaunchError) || error.code !== "vault.revision-conflict") throw error;
}
