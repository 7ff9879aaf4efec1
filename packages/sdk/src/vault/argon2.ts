import { argon2id as argon2idWasm } from "hash-wasm";
import type { Bytes } from "./bytes.ts";

/** Memory in KiB. */
export type Argon2Input = {
  password: Bytes;
  salt: Bytes;
  memory: number;
  iterations: number;
  parallelism: number;
};

/** Argon2id version 1.3, 32 bytes. */
export async function argon2id({
  password,
  salt,
  memory,
  iterations,
  parallelism,
}: Argon2Input): Promise<Bytes> {
  const options = {
    password,
    salt,
    memorySize: memory,
    iterations,
    parallelism,
    hashLength: 32,
    outputType: "binary",
  } as const;
  return Uint8Array.from(await argon2idWasm(options));
}
