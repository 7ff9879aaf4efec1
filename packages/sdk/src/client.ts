import type { FactorProof } from "@openclaw-launch/core/auth/schema";
import { type Clock, systemClock } from "./adapters/clock.ts";
import { askForPasskey, makePasskey } from "./adapters/passkeys.ts";
import type { Fetch } from "./adapters/session-fetch.ts";
import type { Account, Api } from "./api.ts";
import { type Connection, connect } from "./connect.ts";
import { type Deployed, type DeployInput, deployInstance } from "./deploy-instance.ts";
import { LaunchError, rethrow, toLaunchError } from "./errors.ts";
import { remoteVaultStore } from "./remote-vault-store.ts";
import { proofOf } from "./typed-code.ts";
import type { Bytes } from "./vault/bytes.ts";
import { type DerivedKeys, deriveImportedKey, deriveKeys } from "./vault/derive-keys.ts";
import { deriveVaultKeys, newMasterKey, type VaultKeys } from "./vault/master-key.ts";
import { type MadeAccount, newAccount } from "./vault/new-account.ts";
import { newPasswordKeys } from "./vault/password-keys.ts";
import { openPasswordSlot } from "./vault/password-slot.ts";
import { idleLimitMs, UnlockedVault } from "./vault/unlocked-vault.ts";

export type LaunchOptions = {
  /** Where the dashboard is, for example "https://launch.example". */
  url: string;
  /** An API token, instead of signing in. */
  token?: string;
  fetch?: Fetch;
  clock?: Clock;
};

type Credentials = { email: string; password: string };
type PasswordReset = { token: string; password: string; factor?: { code: string } | "passkey" };
/** What the password gives, kept until the second factor is there too. */
type Entry = {
  /** Proves the password. */
  authKey: string;
  /** The vault's master key, once the server has let its owner in. */
  masterKey: (me: Account) => Promise<Bytes>;
};

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
  #owing: Entry | null = null;
  /** Of a sign-up that broke off. */
  #begun: (MadeAccount & { email: string }) | null = null;

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
   * has an account already; that this password doesn't open it is how one learns of it: auth.email-taken. After any other error a
   * repeat with the same address and password is the same account.
   */
  async signUp(credentials: Credentials): Promise<Account> {
    const { email } = credentials;
    const { account, authKey, keys } = await this.#begin(credentials);
    await this.api.auth.register.mutate({ ...account, email, authKey }).catch(rethrow);
    const { me } = await this.api.auth.login.mutate({ email, authKey }).catch((error: unknown) => {
      const refusal = toLaunchError(error);
      if (refusal.code !== "auth.wrong-credentials") throw refusal;
      return { me: null };
    });
    this.#begun = null;
    if (!me) throw new LaunchError("auth.email-taken");
    this.#open(keys, account.userId);
    return me;
  }

  /**
   * Signs in and unlocks the vault. Throws auth.second-factor-required when the account asks for more than a password
   * (`details.factors` names what, with commas between): then `verifySecondFactor` completes it. Throws account.imported when the
   * server says that the account was taken over from an older installation. What proves its password is then easier to guess, so ask
   * the person whether it was, and only after a yes sign in with `imported`: that ends it.
   */
  async signIn({
    email,
    password,
    imported = false,
  }: Credentials & { imported?: boolean }): Promise<Account> {
    this.#owing = null;
    this.#begun = null;
    const { kdf } = await this.api.auth.prelogin.query({ email }).catch(rethrow);
    const entry =
      imported && kdf.algorithm === "bcrypt"
        ? this.#importedEntry(password, await deriveImportedKey(password, kdf))
        : this.#entry(await deriveKeys(password, kdf));
    const { me, factors } = await this.api.auth.login
      .mutate({ email, authKey: entry.authKey })
      .catch(rethrow);
    if (me) return this.#enter(me, entry);
    this.#owing = entry;
    throw new LaunchError("auth.second-factor-required", { details: { factors: factors.join(",") } });
  }

  /** Signs in with a passkey alone, in browsers. The vault stays locked. Throws passkey.refused, passkey.cancelled, passkey.unsupported. */
  async signInWithPasskey(): Promise<Account> {
    this.#owing = null;
    this.#begun = null;
    const question = await this.api.auth.passkeys.beginSignIn.mutate({}).catch(rethrow);
    const answer = await askForPasskey(question);
    const { me } = await this.api.auth.passkeys.signIn.mutate(answer).catch(rethrow);
    if (!me) throw new LaunchError("auth.second-factor-required");
    return me;
  }

  /**
   * Completes a sign-in with six digits of an authenticator app, a recovery code, or a passkey. After a password it unlocks the vault;
   * after a sign-in at a provider the vault stays locked. Throws auth.wrong-code, passkey.refused, auth.required when it is too late.
   */
  async verifySecondFactor(factor: { code: string } | "passkey"): Promise<Account> {
    const entry = this.#owing;
    const proof = factor === "passkey" ? await this.#proofBySecondPasskey() : proofOf(factor.code);
    const { me } = await this.api.auth.verifyTotp.mutate({ proof }).catch(rethrow);
    if (!me) throw new LaunchError("auth.second-factor-required");
    this.#owing = null;
    return entry ? this.#enter(me, entry) : me;
  }

  /**
   * Shows again that it is the owner, who may then for ten minutes do what throws auth.step-up-required without.
   * `code` is of an authenticator app. Throws auth.wrong-credentials, auth.wrong-code, passkey.refused.
   */
  async stepUp(proof: { password: string } | { code: string } | "passkey"): Promise<void> {
    if (proof === "passkey") {
      const question = await this.api.auth.passkeys.beginStepUp.mutate({}).catch(rethrow);
      const answer = await askForPasskey(question);
      await this.api.auth.stepUp.mutate({ proof: { kind: "passkey", ...answer } }).catch(rethrow);
    } else if ("code" in proof) {
      await this.api.auth.stepUp.mutate({ proof: { kind: "totp", code: proof.code } }).catch(rethrow);
    } else {
      const { authKey } = await this.#deriveOwn(proof.password);
      await this.#proveBy(authKey);
    }
  }

  /**
   * Makes a passkey on this device or a key that is plugged in, in browsers. `codes` are new recovery codes, when it is the account's
   * first second factor. Throws auth.step-up-required, auth.limit-reached, passkey.known, passkey.cancelled, passkey.unsupported.
   */
  async addPasskey({ name }: { name: string }): Promise<{ codes: string[] | null }> {
    const question = await this.api.auth.passkeys.begin.mutate({}).catch(rethrow);
    const made = await makePasskey(question);
    const { codes } = await this.api.auth.passkeys.add.mutate({ ...made, name }).catch(rethrow);
    return { codes };
  }

  /**
   * The first password of an account that was opened at a provider, and with it an empty vault, which it unlocks.
   * Throws auth.step-up-required, auth.password-exists when it has another one.
   */
  async setPassword({ password }: { password: string }): Promise<void> {
    const { id } = await this.api.auth.me.query({}).catch(rethrow);
    const master = newMasterKey();
    const first = await newPasswordKeys(password, id, master);
    try {
      await this.api.auth.password.set.mutate(first).catch(rethrow);
      await this.#hold(master, id);
    } catch (error) {
      if (toLaunchError(error).code !== "auth.password-exists") throw error;
      await this.#unlockRepeated(password, error);
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

  /**
   * Sets a new password with the token of a mailed link, and begins an empty vault under it. Signs nobody in; every session ends. What
   * the old password encrypted is out of reach; assistants go on running. Throws auth.link-expired, and auth.second-factor-required
   * (`details.factors` as of `signIn`) when the account asks for more than the link: then again, with `factor`; a wrong one leaves the
   * link good.
   */
  async resetPassword({ token, password, factor }: PasswordReset): Promise<void> {
    const { userId, factors } = await this.api.auth.password.readLink.mutate({ token }).catch(rethrow);
    if (!factor && factors.length > 0)
      throw new LaunchError("auth.second-factor-required", { details: { factors: factors.join(",") } });
    const proof = factor ? await this.#proofForReset(token, factor) : null;
    const master = newMasterKey();
    const keys = await newPasswordKeys(password, userId, master).finally(() => master.fill(0));
    await this.api.auth.password.reset.mutate({ token, ...keys, proof }).catch(rethrow);
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
    this.#begun = null;
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

  /** After a lost answer the password is this one, and then it opens the vault. */
  async #unlockRepeated(password: string, refusal: unknown): Promise<void> {
    await this.unlock({ password }).catch((error: unknown) => {
      throw toLaunchError(error).code === "auth.wrong-credentials" ? refusal : error;
    });
  }

  /** The account of the sign-up that is tried again, otherwise a new one. Its key tells whether the password is the same. */
  async #begin({ email, password }: Credentials): Promise<MadeAccount> {
    const begun = this.#begun;
    if (begun?.email === email) {
      const { authKey } = await deriveKeys(password, begun.account.kdf);
      if (authKey === begun.authKey) return begun;
    }
    const made = { ...(await newAccount(password)), email };
    this.#begun = made;
    this.#clock.after(idleLimitMs, () => {
      if (this.#begun === made) this.#begun = null;
    });
    return made;
  }

  /** For the account that is signed in. */
  async #deriveOwn(password: string): Promise<DerivedKeys & { me: Account }> {
    const me = await this.api.auth.me.query({}).catch(rethrow);
    const { kdf } = await this.api.auth.prelogin.query({ email: me.email }).catch(rethrow);
    return { me, ...(await deriveKeys(password, kdf)) };
  }

  #entry(derived: DerivedKeys): Entry {
    return { authKey: derived.authKey, masterKey: (me) => this.#openSlot(me, derived) };
  }

  /** The first sign-in replaces the derivation of the older installation, and begins the vault. */
  #importedEntry(password: string, authKey: string): Entry {
    const masterKey = async (me: Account) => {
      const master = newMasterKey();
      const changed = await newPasswordKeys(password, me.id, master);
      await this.api.auth.password.change.mutate({ currentAuthKey: authKey, ...changed }).catch(rethrow);
      return master;
    };
    return { authKey, masterKey };
  }

  async #proofForReset(token: string, factor: { code: string } | "passkey"): Promise<FactorProof> {
    if (factor !== "passkey") return proofOf(factor.code);
    const question = await this.api.auth.password.askPasskey.mutate({ token }).catch(rethrow);
    return { kind: "passkey", ...(await askForPasskey(question)) };
  }

  async #proofBySecondPasskey(): Promise<FactorProof> {
    const question = await this.api.auth.passkeys.beginSecondFactor.mutate({}).catch(rethrow);
    return { kind: "passkey", ...(await askForPasskey(question)) };
  }

  async #proveBy(authKey: string): Promise<void> {
    await this.api.auth.stepUp.mutate({ proof: { kind: "password", authKey } }).catch(rethrow);
  }

  async #enter(me: Account, { masterKey }: Entry): Promise<Account> {
    await this.#hold(await masterKey(me), me.id);
    return me;
  }

  async #openSlot(me: Account, { kdf, slotKey }: Pick<DerivedKeys, "kdf" | "slotKey">): Promise<Bytes> {
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
