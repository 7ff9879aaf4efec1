import type { ApiTokenScope, MailTokenPurpose } from "../generated/prisma/enums.ts";
import { importedKeyDerivation, type KeyDerivation, keyDerivationFloor } from "./schema.ts";

export function isStrongEnough(kdf: KeyDerivation): boolean {
  if (kdf.algorithm !== "argon2id") return false;
  const floor = keyDerivationFloor;
  return (
    kdf.memory >= floor.memory && kdf.iterations >= floor.iterations && kdf.parallelism >= floor.parallelism
  );
}

/** Whether what stands in the account's row is the derivation of an older installation. */
export const isImported = (kdf: unknown): boolean => importedKeyDerivation.safeParse(kdf).success;

/** How long a proof of being the owner lasts for what is dangerous. */
const proofLifetimeMs = 10 * 60_000;

/** Strictly within the ten minutes; a proof from the future comes from a clock that was put back, and counts. */
export function isProven(provenAt: Date | null, now: Date): boolean {
  return provenAt !== null && now.getTime() - provenAt.getTime() < proofLifetimeMs;
}

/** How long a link in a mail works. */
export const mailTokenHours: Record<MailTokenPurpose, number> = {
  verify_email: 24,
  change_email: 24,
  reset_password: 1,
};

/** Purposes of links by which an account can be taken over. */
export const takeoverLinks: MailTokenPurpose[] = ["reset_password", "change_email"];

const scopes: readonly ApiTokenScope[] = ["read", "operate", "manage"];
export const includesScope = (held: ApiTokenScope, needed: ApiTokenScope): boolean =>
  scopes.indexOf(held) >= scopes.indexOf(needed);
