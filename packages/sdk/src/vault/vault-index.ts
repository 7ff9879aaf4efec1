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

/** Throws vault.rolled-back when the server hands out an older index than one already seen, vault.incomplete when it lost it. */
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
    const stored = (await this.#store.getIndex()) ?? (await this.#begin(seen));
    if (stored.revision < seen) throw new LaunchError("vault.rolled-back");
    const plaintext = await open(this.#masterKey, this.#subjectOf(stored.revision), stored.envelope);
    this.#see(stored.revision);
    return { revision: stored.revision, content: JSON.parse(fromUtf8(plaintext)) as IndexContent };
  }

  /** A new vault has no index. One with configurations has lost it, unless it was begun just now. */
  async #begin(seen: number): Promise<SealedIndex> {
    const { items } = await this.#store.listConfigs(null);
    if (seen === 0 && items.length === 0)
      await this.#save(1, empty, (index) => this.#store.saveIndex(index)).catch(unlessOutrun);
    const begun = await this.#store.getIndex();
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
