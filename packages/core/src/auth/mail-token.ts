import { timingSafeEqual } from "node:crypto";
import { type AuthSystem, deriveSecret } from "./derive-secret.ts";

/** What a link carries for the row of this id. Derived, not stored: a copy of the database holds no usable one, and a mail that is written again is the same. */
export const mailTokenOf = (sys: AuthSystem, tokenId: string): string =>
  `${tokenId}.${deriveSecret(sys, "mail-token", tokenId).toString("base64url")}`;

/** The id of a token that this installation made; null for any other. */
export function readMailToken(sys: AuthSystem, token: string): string | null {
  const [, tokenId] = /^([0-9a-f-]{36})\.[A-Za-z0-9_-]{43}$/.exec(token) ?? [];
  if (!tokenId) return null;
  return timingSafeEqual(Buffer.from(token), Buffer.from(mailTokenOf(sys, tokenId))) ? tokenId : null;
}
