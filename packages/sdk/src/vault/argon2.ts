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

/** Argon2id version 1.3, 32 bytes. In browsers it runs in a worker of its own, so the page stays responsive. */
export function argon2id(input: Argon2Input): Promise<Bytes> {
  return typeof Worker === "undefined" ? argon2idHere(input) : argon2idInWorker(input);
}

export async function argon2idHere({
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

async function argon2idInWorker(input: Argon2Input): Promise<Bytes> {
  // Bundlers recognise exactly this expression.
  const worker = new Worker(new URL("./argon2-worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Bytes>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`key derivation failed: ${message}`));
      worker.postMessage(input);
    });
  } finally {
    worker.terminate();
  }
}
