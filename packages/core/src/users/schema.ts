import { z } from "zod";
import { text } from "../api/schema.ts";
import { email, key256, registerInput } from "../auth/schema.ts";

const user = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  role: z.enum(["user", "admin"]),
  createdAt: z.date(),
  /** Instances that are not removed. */
  instances: z.int(),
});

export const listUsersInput = z.strictObject({
  /** Part of the address, in any case. */
  email: text.trim().max(254).nullish(),
  cursor: z.string().max(200).nullish(),
  limit: z.int().min(1).max(100).default(50),
});
export const listUsersOutput = z.strictObject({ items: z.array(user), nextCursor: z.string().nullable() });

/** 32 random bytes, base64url: what stands in the link. */
const invitationToken = key256;

export const readInvitationInput = z.strictObject({ token: invitationToken });
export const invitation = z.strictObject({
  email,
  /** Then its password proves who redeems; otherwise a new account is made. */
  hasAccount: z.boolean(),
  expiresAt: z.date(),
});

export const redeemInvitationInput = z.strictObject({
  token: invitationToken,
  authKey: key256,
  /** Of a new account; null when the address has one. */
  account: registerInput.pick({ userId: true, kdf: true, slot: true }).nullable(),
});
