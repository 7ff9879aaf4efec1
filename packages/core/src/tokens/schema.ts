import { z } from "zod";
import { text } from "../api/schema.ts";

/** Each includes those before it: look; run and talk to assistants; make, change and delete them. None reaches the account. */
export const tokenScope = z.enum(["read", "operate", "manage"]);

export const apiToken = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  scope: tokenScope,
  createdAt: z.date(),
  expiresAt: z.date(),
  usedAt: z.date().nullable(),
  usedIp: z.string().nullable(),
});

export const listTokensInput = z.strictObject({
  cursor: z.string().max(200).nullish(),
  limit: z.int().min(1).max(100).default(50),
});
export const listTokensOutput = z.strictObject({
  items: z.array(apiToken),
  nextCursor: z.string().nullable(),
});

export const createTokenInput = z.strictObject({
  id: z.uuidv4(),
  name: text.trim().min(1).max(60),
  scope: tokenScope,
  days: z.int().min(1).max(365),
});
/** `secret` is shown this once. */
export const createTokenOutput = z.strictObject({ token: apiToken, secret: z.string() });
export const revokeTokenInput = z.strictObject({ tokenId: z.uuid() });
