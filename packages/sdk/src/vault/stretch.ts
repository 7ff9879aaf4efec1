import { type Argon2Input, argon2id } from "./argon2.ts";
import { type BcryptInput, bcrypt } from "./bcrypt.ts";
import type { Bytes } from "./bytes.ts";

export type Stretch = ({ algorithm: "argon2id" } & Argon2Input) | ({ algorithm: "bcrypt" } & BcryptInput);

/** A password made costly to guess. In browsers a worker of its own does it, so the page stays responsive. */
export function stretch(input: Stretch): Promise<Bytes> {
  return typeof Worker === "undefined" ? stretchHere(input) : stretchInWorker(input);
}

export const stretchHere = (input: Stretch): Promise<Bytes> =>
  input.algorithm === "argon2id" ? argon2id(input) : bcrypt(input);

async function stretchInWorker(input: Stretch): Promise<Bytes> {
  // Bundlers recognise exactly this expression.
  const worker = new Worker(new URL("./stretch-worker.ts", import.meta.url), { type: "module" });
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
