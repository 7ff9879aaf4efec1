import type { KeyDerivation } from "@openclaw-launch/core/auth/schema";
import { type Clock, systemClock } from "./adapters/clock.ts";
import type { Fetch } from "./adapters/session-fetch.ts";
import type { Account, Api } from "./api.ts";
import { type Connection, connect } from "./connect.ts";
import { type Deployed, type DeployInput, deployInstance } from "./deploy-instance.ts";
import { LaunchError, rethrow, toLaunchError } from "./errors.ts";
import { remoteVaultStore } from "./remote-vault-store.ts";
import { deriveKeys } from "./vault/derive-keys.ts";
import { deriveVaultKeys, type VaultKeys } from "./vault/master-key.ts";
import { newAccount } from "./vault/new-account.ts";
import { openPasswordSlot } from "./vault/password-slot.ts";
import { UnlockedVault } from "./vault/unlocked-vault.ts";

export type LaunchOptions = {
  /** Where the dashboard is, for example "https://launch.example". */
  url: string;
  /** An API token, instead of signing in. */
  token?: string;
  fetch?: Fetch;
  clock?: Clock;
};

type Credentials = { email: string; password: string };

/** A client of one server. Errors of its own methods are LaunchErrors; `toLaunchError` turns those of `api` into such. */
export function createLaunch(options: LaunchOptions): Launch {
  const clock = options.clock ?? systemClock;
  const fetch: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  return new Launch(connect({ ...options, fetch, clock }), clock);
}

export class Launch {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #listeners = new Set<(unlocked: boolean) => void>();
  #vault: UnlockedVault | null = null;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Every procedure of the server: `launch.api.instances.list.query({})`. */
  get api(): Api {
    return this.#connection.api;
  }

  /** Throws vault.locked. */
  get vault(): UnlockedVault {
    if (!this.#vault || !this.unlocked) throw new LaunchError("vault.locked");
    return this.#vault;
  }

  get unlocked(): boolean {
    return this.#vault !== null && !this.#vault.isLocked;
  }

  /** Tells when the vault was unlocked or locked. Returns a function that ends it. */
  onLockChange(listener: (unlocked: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Makes an account with an empty vault and signs in. The password stays on this side. */
  async signUp({ email, password }: Credentials): Promise<Account> {
    const { account, authKey, keys } = await newAccount(password);
    const me = await this.api.auth.register.mutate({ ...account, email, authKey }).catch(rethrow);
    this.#hold(keys, account.userId);
    return me;
  }

  /** Signs in and unlocks the vault. */
  async signIn({ email, password }: Credentials): Promise<Account> {
    const { kdf } = await this.api.auth.prelogin.query({ email }).catch(rethrow);
    const { authKey, slotKey } = await deriveKeys(password, kdf);
    const me = await this.api.auth.login.mutate({ email, authKey }).catch(rethrow);
    this.#hold(await this.#openSlot(me, kdf, slotKey), me.id);
    return me;
  }

  /** Unlocks the vault of whoever is signed in. Throws auth.wrong-credentials. */
  async unlock({ password }: { password: string }): Promise<void> {
    const me = await this.api.auth.me.query({}).catch(rethrow);
    const { kdf } = await this.api.auth.prelogin.query({ email: me.email }).catch(rethrow);
    const { slotKey } = await deriveKeys(password, kdf);
    const keys = await this.#openSlot(me, kdf, slotKey).catch((error: unknown) => {
      throw toLaunchError(error).code === "vault.refused" ? new LaunchError("auth.wrong-credentials") : error;
    });
    this.#hold(keys, me.id);
  }

  /** Locks the vault and ends the session. */
  async signOut(): Promise<void> {
    this.#vault?.lock();
    await this.api.auth.logout.mutate({}).catch(rethrow);
  }

  /**
   * Saves the configuration in the vault, seals it to the machine that will run the assistant and starts it there.
   * Throws WorkerIdentityChanged when the owner must decide whether to trust that machine.
   */
  readonly instances = {
    deploy: async (input: DeployInput): Promise<Deployed> =>
      deployInstance(this.#connection, this.vault, input),
  };

  async #openSlot(me: Account, kdf: KeyDerivation, slotKey: CryptoKey): Promise<VaultKeys> {
    const slots = await this.api.vault.slots.list.query({}).catch(rethrow);
    const slot = slots.find(({ kind }) => kind === "password");
    if (!slot) throw new LaunchError("vault.incomplete");
    const master = await openPasswordSlot(slotKey, slot, { userId: me.id, kdf });
    const keys = await deriveVaultKeys(master);
    master.fill(0);
    return keys;
  }

  #hold(keys: VaultKeys, userId: string): void {
    this.#vault?.lock();
    const store = remoteVaultStore(this.api);
    this.#vault = new UnlockedVault({
      store,
      keys,
      userId,
      clock: this.#clock,
      onLock: () => this.#tell(false),
    });
    this.#tell(true);
  }

  #tell(unlocked: boolean): void {
    for (const listener of this.#listeners) listener(unlocked);
  }
}
