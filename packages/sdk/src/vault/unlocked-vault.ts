import type { Clock } from "../adapters/clock.ts";
import type { DeployKeys } from "../api.ts";
import { LaunchError, WorkerIdentityChanged } from "../errors.ts";
import { Configurations } from "./configurations.ts";
import type { VaultKeys } from "./master-key.ts";
import { chooseDeployKey, type Deployment, sealDeployment } from "./seal-deployment.ts";
import { type IndexContent, VaultIndex } from "./vault-index.ts";
import type { VaultStore } from "./vault-store.ts";

export const idleLimitMs = 15 * 60_000;

type Options = {
  store: VaultStore;
  keys: VaultKeys;
  userId: string;
  clock: Clock;
  /** Called once, when the vault locks for whatever reason. */
  onLock?: () => void;
};

/** A vault whose keys are in memory. Locks itself after 15 idle minutes; then everything throws vault.locked. */
export class UnlockedVault {
  readonly userId: string;
  readonly configs: Pick<Configurations, "list" | "get" | "save" | "remove"> = {
    list: async () => this.#use().configs.list(),
    get: async (id) => this.#use().configs.get(id),
    save: async (...input) => this.#use().configs.save(...input),
    remove: async (id) => this.#use().configs.remove(id),
  };
  readonly #clock: Clock;
  readonly #onLock: () => void;
  #content: { keys: VaultKeys; index: VaultIndex; configs: Configurations } | null;
  #lastUse: number;
  #cancelTimer: () => void = () => {};

  constructor({ store, keys, userId, clock, onLock }: Options) {
    this.userId = userId;
    this.#clock = clock;
    this.#onLock = onLock ?? (() => {});
    const index = new VaultIndex(store, keys.masterKey, userId);
    this.#content = { keys, index, configs: new Configurations(store, keys, userId, index) };
    this.#lastUse = clock.now();
    this.#restartTimer();
  }

  get isLocked(): boolean {
    this.#lockWhenIdle();
    return this.#content === null;
  }

  /**
   * Signs and seals a configuration for one machine, which is remembered from the first time on. `now` is the server's time.
   * Throws WorkerIdentityChanged when the owner must decide whether to trust another machine, vault.untrusted-worker
   * when the server's keys don't belong to the machine it names.
   */
  async sealDeployment(
    deployment: Omit<Deployment, "userId">,
    deployKeys: DeployKeys,
    now: number,
  ): Promise<{ deployKeyId: string; sealed: string }> {
    const { keys, index } = this.#use();
    const key = await chooseDeployKey(deployKeys, now);
    await pinWorker(index, deployKeys.hostId, deployKeys.identityKey);
    const sealed = await sealDeployment(keys, key.publicKey, { ...deployment, userId: this.userId });
    return { deployKeyId: key.id, sealed };
  }

  /** The owner said that this machine may receive configurations. `identityKey` is Ed25519, base64url. */
  async trustWorker(hostId: string, identityKey: string): Promise<void> {
    await this.#use().index.change((content) => ({
      ...content,
      workers: { ...content.workers, [hostId]: identityKey },
    }));
  }

  lock(): void {
    if (!this.#content) return;
    this.#cancelTimer();
    this.#content = null;
    this.#onLock();
  }

  #use() {
    this.#lockWhenIdle();
    if (!this.#content) throw new LaunchError("vault.locked");
    this.#lastUse = this.#clock.now();
    this.#restartTimer();
    return this.#content;
  }

  /** Timers stand still while a computer sleeps, so the time itself counts too. */
  #lockWhenIdle(): void {
    if (this.#clock.now() - this.#lastUse >= idleLimitMs) this.lock();
  }

  #restartTimer(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(idleLimitMs, () => this.lock());
  }
}

async function pinWorker(index: VaultIndex, hostId: string, offered: string): Promise<void> {
  const { workers } = await index.read();
  if (workers[hostId] !== offered) await index.change((content) => withWorker(content, hostId, offered));
}

/** The first machine is trusted as it is; every other one needs the owner's word. */
function withWorker(content: IndexContent, hostId: string, offered: string): IndexContent {
  const pinned = content.workers[hostId] ?? null;
  if (pinned !== offered && Object.keys(content.workers).length > 0)
    throw new WorkerIdentityChanged(hostId, pinned, offered);
  return { ...content, workers: { [hostId]: offered, ...content.workers } };
}
