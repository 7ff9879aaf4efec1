import { bcrypt as bcryptWasm } from "hash-wasm";
import type { Bytes } from "./bytes.ts";

export type BcryptInput = { password: Bytes; salt: Bytes; cost: number };

const longestPassword = 72;

/** The 23 bytes that a bcrypt hash ends with. Like everywhere, what a password has beyond 72 bytes doesn't count. */
export async function bcrypt({ password, salt, cost }: BcryptInput): Promise<Bytes> {
  const digest = await bcryptWasm({
    password: password.subarray(0, longestPassword),
    salt,
    costFactor: cost,
    outputType: "binary",
  });
  return Uint8Array.from(digest.subarray(0, 23));
}
