import { hash, verify } from "@node-rs/argon2";
import { DomainError } from "../errors.ts";
import { type AuthSystem, deriveSecret } from "./derive-secret.ts";

/** Argon2id, memory in KiB. */
const parameters = { memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;

/** Stands in for a missing hash, so that an unknown account takes as long to refuse as a known one. Nothing verifies against it. */
const nobody = `$argon2id$v=19$m=${parameters.memoryCost},t=${parameters.timeCost},p=${parameters.parallelism}$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Argon2id over the peppered key, as a PHC string. Throws auth.busy. */
export function hashAuthKey(sys: AuthSystem, authKey: string): Promise<string> {
  return inTurn(sys, () => hash(peppered(sys, authKey), parameters));
}

/** Takes the same time whether there is a hash or not. Throws auth.busy. */
export async function verifyAuthKey(
  sys: AuthSystem,
  passwordHash: string | null,
  authKey: string,
): Promise<boolean> {
  const matches = await inTurn(sys, () => verify(passwordHash ?? nobody, peppered(sys, authKey)));
  return matches && passwordHash !== null;
}

/** As text: the library verifies nothing else. */
const peppered = (sys: AuthSystem, authKey: string) =>
  deriveSecret(sys, "pepper", authKey).toString("base64url");

/** Computations that may wait for each one that may run. */
const queueFactor = 16;
let admitted = 0;
let running = 0;
const waiting: (() => void)[] = [];

/** Around all of a call that will compute: one too many is turned away before it has cost anything. Throws auth.busy. */
export async function withCapacity<T>({ config }: AuthSystem, call: () => Promise<T>): Promise<T> {
  if (admitted >= config.ARGON2_CONCURRENCY * (1 + queueFactor)) throw new DomainError("auth.busy");
  admitted++;
  try {
    return await call();
  } finally {
    admitted--;
  }
}

/** A flood of logins may exhaust neither memory nor patience: few computations at a time, few that wait. */
async function inTurn<T>(sys: AuthSystem, compute: () => Promise<T>): Promise<T> {
  if (waiting.length >= sys.config.ARGON2_CONCURRENCY * queueFactor) throw new DomainError("auth.busy");
  if (running < sys.config.ARGON2_CONCURRENCY) running++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await compute();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
