import { randomBytes } from "node:crypto";
import { bearerHash, sha256 } from "../bearer.ts";
import {
  insufficientCredits,
  keyLimitExceeded,
  missingAuthentication,
  notFound,
  unauthorized,
} from "./api-error.ts";
import { isUsable, type KeyRecord, remaining, spend, unspent } from "./key-record.ts";
import { type Nanodollars, toDollars, toNanodollars } from "./money.ts";
import { type AccountState, readState, writeState } from "./state-file.ts";

export type AccountOptions = {
  managementKey: string;
  now: () => Date;
  /** US dollars of a new account. */
  credits: number;
  stateFile: string | undefined;
};

type KeySettings = Pick<
  KeyRecord,
  "name" | "limit" | "limitReset" | "includeByokInLimit" | "expiresAt" | "creatorUserId"
>;
type KeyChange = Partial<
  Pick<KeyRecord, "name" | "disabled" | "limit" | "limitReset" | "includeByokInLimit">
>;

const labelOf = (secret: string) => `${secret.slice(0, 12)}...${secret.slice(-4)}`;

/** One account with its keys and its money. Every change is kept before it is answered. */
export class Account {
  readonly now: () => Date;
  readonly #management: KeyRecord;
  readonly #stateFile: string | undefined;
  readonly #state: AccountState;

  constructor({ managementKey, now, credits, stateFile }: AccountOptions) {
    this.now = now;
    this.#management = newKey(managementKey, { ...noSettings, name: "Management key" }, now());
    this.#stateFile = stateFile;
    this.#state = (stateFile && readState(stateFile)) || { version: 1, credits, spent: 0, keys: [] };
  }

  /** Whose key this is. Throws 401 unless it exists and may be used. */
  identify(authorization: string | undefined): { isManagementKey: boolean; key: KeyRecord } {
    const hash = bearerHash(authorization);
    if (hash === null) throw missingAuthentication();
    if (hash === this.#management.hash) return { isManagementKey: true, key: this.#management };
    const key = this.#state.keys.find((candidate) => candidate.hash === hash);
    if (!key || !isUsable(key, this.now())) throw unauthorized();
    return { isManagementKey: false, key };
  }

  /** The most recent first. */
  keys(): KeyRecord[] {
    return this.#state.keys.toReversed();
  }

  key(hash: string): KeyRecord {
    const found = this.#state.keys.find((candidate) => candidate.hash === hash);
    if (!found) throw notFound();
    return found;
  }

  create(settings: KeySettings): { key: KeyRecord; secret: string } {
    const secret = `sk-or-v1-${randomBytes(32).toString("hex")}`;
    const key = newKey(secret, settings, this.now());
    this.#state.keys.push(key);
    this.#save();
    return { key, secret };
  }

  update(hash: string, change: KeyChange): KeyRecord {
    const key = Object.assign(this.key(hash), change, { updatedAt: this.now().toISOString() });
    this.#save();
    return key;
  }

  delete(hash: string): void {
    this.#state.keys.splice(this.#state.keys.indexOf(this.key(hash)), 1);
    this.#save();
  }

  /** US dollars. */
  credits(): { total: number; used: number } {
    return { total: this.#state.credits, used: toDollars(this.#state.spent) };
  }

  setCredits(total: number): void {
    this.#state.credits = total;
    this.#save();
  }

  /** What one request of this key may cost at most. Throws when the account or the key has nothing left. */
  budgetOf(key: KeyRecord): { amount: Nanodollars; bound: "account" | "key" } {
    const ofAccount = toNanodollars(this.#state.credits) - this.#state.spent;
    if (ofAccount <= 0) throw insufficientCredits();
    const ofKey = remaining(key, this.now());
    if (ofKey <= 0) throw keyLimitExceeded(key.limitReset);
    return ofKey < ofAccount ? { amount: ofKey, bound: "key" } : { amount: ofAccount, bound: "account" };
  }

  charge(key: KeyRecord, amount: Nanodollars): void {
    spend(key, amount, this.now());
    this.#state.spent += amount;
    this.#save();
  }

  #save(): void {
    if (this.#stateFile) writeState(this.#stateFile, this.#state);
  }
}

const noSettings = {
  limit: null,
  limitReset: null,
  includeByokInLimit: false,
  expiresAt: null,
  creatorUserId: null,
};

function newKey(secret: string, settings: KeySettings, moment: Date): KeyRecord {
  return {
    ...settings,
    hash: sha256(secret),
    label: labelOf(secret),
    disabled: false,
    createdAt: moment.toISOString(),
    updatedAt: null,
    spent: unspent(moment),
  };
}
