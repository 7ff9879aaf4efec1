import { LaunchError } from "../errors.ts";
import { type Argon2Input, argon2id } from "./argon2.ts";
import { type BcryptInput, bcrypt } from "./bcrypt.ts";
import type { Bytes } from "./bytes.ts";

export type Stretch = ({ algorithm: "argon2id" } & Argon2Input) | ({ algorithm: "bcrypt" } & BcryptInput);

/**
 * A password made costly to guess. In browsers a worker of its own does it, so the page stays responsive.
 * Throws client.key-derivation-failed.
 */
export async function stretch(input: Stretch): Promise<Bytes> {
  try {
    return await (typeof Worker === "undefined" ? stretchHere(input) : stretchInWorker(input));
  } catch (cause) {
    throw cause instanceof LaunchError ? cause : new LaunchError("client.key-derivation-failed", { cause });
  }
}

export const stretchHere = (input: Stretch): Promise<Bytes> =>
  input.algorithm === "argon2id" ? argon2id(input) : bcrypt(input);

async function stretchInWorker(input: Stretch): Promise<Bytes> {
  // Bundlers recognise exactly this expression.
  const worker = new Worker(new URL("./stretch-worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<PromiseSettledResult<Bytes>>) =>
        data.status === "fulfilled" ? resolve(data.value) : reject(data.reason);
      // It answers when the work fails, so this is that its script didn't come.
      worker.onerror = () => reject(new LaunchError("client.unreachable"));
      worker.postMessage(input);
    });
  } finally {
    worker.terminate();
  }
}
