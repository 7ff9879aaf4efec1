import type { KeyDerivation } from "@openclaw-launch/core/auth/schema";
import { type Clock, systemClock } from "./adapters/clock.ts";
import type { Fetch } from "./adapters/session-fetch.ts";
import type { Account, Api } from "./api.ts";
import { type Connection, connect } from "./connect.ts";
import { type Deployed, type DeployInput, deployInstance } from "./deploy-instance.ts";
import { LaunchError, rethrow, toLaunchError } from "./errors.ts";
import { remoteVaultStore } from "./remote-vault-store.ts";
import { proofOf } from "./typed-code.ts";
import type { Bytes } from "./vault/bytes.ts";
import { type DerivedKeys, deriveKeys } from "./vault/derive-keys.ts";
import { deriveVaultKeys, type VaultKeys } from "./vault/master-key.ts";
import { newAccount } from "./vault/new-account.ts";
import { newPasswordKeys } from "./vault/password-keys.ts";
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
/** What the password gives, kept until the second factor is there too. */
type Derived = { kdf: KeyDerivation } & DerivedKeys;

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
  #owing: Derived | null = null;

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

  /**
   * Makes an account with an empty vault and signs in. The password stays on this side. The server answers alike for an address that
   * has an account already; that this password doesn't open it is how one learns of it: auth.email-taken.
   */
  async signUp({ email, password }: Credentials): Promise<Account> {
    const { account, authKey, keys } = await newAccount(password);
    await this.api.auth.register.mutate({ ...account, email, authKey }).catch(rethrow);
    const { me } = await this.api.auth.login.mutate({ email, authKey }).catch((error: unknown) => {
      const refusal = toLaunchError(error);
      throw refusal.code === "auth.wrong-credentials" ? new LaunchError("auth.email-taken") : refusal;
    });
    if (!me) throw new LaunchError("auth.email-taken");
    this.#open(keys, account.userId);
    return me;
  }

  /**
   * Signs in and unlocks the vault. Throws auth.second-factor-required when the account asks for more than a password
   * (`details.factors` names what): then `verifySecondFactor` completes it.
   */
  async signIn({ email, password }: Credentials): Promise<Account> {
    this.#owing = null;
    const derived = await this.#derive(email, password);
    const { me, factors } = await this.api.auth.login
      .mutate({ email, authKey: derived.authKey })
      .catch(rethrow);
    if (me) return this.#enter(me, derived);
    this.#owing = derived;
    throw new LaunchError("auth.second-factor-required", { details: { factors: factors.join(" ") } });
  }

  /** Completes `signIn` with six digits of an authenticator app or a recovery code. Throws auth.wrong-code, request.too-many. */
  async verifySecondFactor({ code }: { code: string }): Promise<Account> {
    const derived = this.#owing;
    if (!derived) throw new LaunchError("auth.required");
    const { me } = await this.api.auth.verifyTotp.mutate({ proof: proofOf(code) }).catch(rethrow);
    if (!me) throw new LaunchError("auth.second-factor-required");
    this.#owing = null;
    return this.#enter(me, derived);
  }

  /**
   * Shows again that it is the owner, who may then for ten minutes do what throws auth.step-up-required without.
   * `code` is of an authenticator app. Throws auth.wrong-credentials, auth.wrong-code.
   */
  async stepUp(proof: { password: string } | { code: string }): Promise<void> {
    if ("code" in proof) {
      await this.api.auth.stepUp.mutate({ proof: { kind: "totp", code: proof.code } }).catch(rethrow);
    } else {
      const { authKey } = await this.#deriveOwn(proof.password);
      await this.#proveBy(authKey);
    }
  }

  /**
   * Replaces the password and ends every other session. What the vault holds stays as it is: its master key is sealed anew.
   * Throws auth.wrong-credentials.
   */
  async changePassword(passwords: { currentPassword: string; newPassword: string }): Promise<void> {
    const { me, authKey: currentAuthKey, ...current } = await this.#deriveOwn(passwords.currentPassword);
    const master = await this.#openSlot(me, current).catch(refusePassword);
    const changed = await newPasswordKeys(passwords.newPassword, me.id, master).finally(() => master.fill(0));
    const change = () => this.api.auth.password.change.mutate({ currentAuthKey, ...changed }).catch(rethrow);
    await change().catch(async (error: unknown) => {
      if (toLaunchError(error).code !== "auth.step-up-required") throw error;
      await this.#proveBy(currentAuthKey);
      await change();
    });
  }

  /** Unlocks the vault of whoever is signed in. Throws auth.wrong-credentials. */
  async unlock({ password }: { password: string }): Promise<void> {
    const { me, ...derived } = await this.#deriveOwn(password);
    const master = await this.#openSlot(me, derived).catch(refusePassword);
    await this.#hold(master, me.id);
  }

  /** Locks the vault and ends the session. */
  async signOut(): Promise<void> {
    this.#owing = null;
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

  async #derive(email: string, password: string): Promise<Derived> {
    const { kdf } = await this.api.auth.prelogin.query({ email }).catch(rethrow);
    return { kdf, ...(await deriveKeys(password, kdf)) };
  }

  /** For the account that is signed in. */
  async #deriveOwn(password: string): Promise<Derived & { me: Account }> {
    const me = await this.api.auth.me.query({}).catch(rethrow);
    return { me, ...(await this.#derive(me.email, password)) };
  }

  async #proveBy(authKey: string): Promise<void> {
    await this.api.auth.stepUp.mutate({ proof: { kind: "password", authKey } }).catch(rethrow);
  }

  async #enter(me: Account, derived: Derived): Promise<Account> {
    await this.#hold(await this.#openSlot(me, derived), me.id);
    return me;
  }

  async #openSlot(me: Account, { kdf, slotKey }: Pick<Derived, "kdf" | "slotKey">): Promise<Bytes> {
    const slots = await this.api.vault.slots.list.query({}).catch(rethrow);
    const slot = slots.find(({ kind }) => kind === "password");
    if (!slot) throw new LaunchError("vault.incomplete");
    return openPasswordSlot(slotKey, slot, { userId: me.id, kdf });
  }

  async #hold(master: Bytes, userId: string): Promise<void> {
    const keys = await deriveVaultKeys(master);
    master.fill(0);
    this.#open(keys, userId);
  }

  #open(keys: VaultKeys, userId: string): void {
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

/** A slot that this password doesn't open is, for whoever typed it, a wrong password. */
function refusePassword(error: unknown): never {
  throw toLaunchError(error).code === "vault.refused" ? new LaunchError("auth.wrong-credentials") : error;
}
