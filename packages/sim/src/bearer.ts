import { createHash } from "node:crypto";

export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The hash of the key that a request carries; null without one. */
export function bearerHash(authorization: string | undefined): string | null {
  const secret = authorization?.match(/^Bearer\s+(\S+)$/i)?.[1];
  return secret === undefined ? null : sha256(secret);
}
