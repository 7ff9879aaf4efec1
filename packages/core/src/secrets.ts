// What proves something by being shown: 32 random bytes in base64url, stored as its SHA-256.
import { createHash } from "node:crypto";
import type { Random } from "./ports.ts";

export const newSecret = ({ random }: { random: Random }): string =>
  Buffer.from(random.bytes(32)).toString("base64url");

export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** Undefined when no cookie of that name has the form of a secret. */
export const secretInCookie = (cookies: string, name: string): string | undefined =>
  new RegExp(`(?:^|;\\s*)${name}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(cookies)?.[1];
