import { createHash } from "node:crypto";
import type { Random } from "../ports.ts";

/** The same sequence for the same seed. */
export function seededRandom(seed: string): Random {
  let counter = 0;
  const block = () => createHash("sha256").update(`${seed}:${counter++}`).digest();
  const bytes = (length: number) => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, block);
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
  };
  return { bytes, uuid: () => uuidOf(bytes(16)) };
}

/** Version 4 as RFC 9562 lays it out. */
function uuidOf(random: Uint8Array): string {
  const hex = Buffer.from(random).toString("hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
