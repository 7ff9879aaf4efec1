import { type KeyDerivation, keyDerivationFloor } from "./schema.ts";

export function isStrongEnough({ memory, iterations, parallelism }: KeyDerivation): boolean {
  const floor = keyDerivationFloor;
  return memory >= floor.memory && iterations >= floor.iterations && parallelism >= floor.parallelism;
}
