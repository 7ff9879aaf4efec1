import { z } from "zod";

const host = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  /** When its worker last said that it lives. */
  seenAt: z.date(),
  online: z.boolean(),
  /** Whether instances can't write beyond their disk quota, or are only stopped once they are found above it. */
  diskQuota: z.enum(["enforced", "measured"]),
  createdAt: z.date(),
  /** Instances that are not removed. */
  instances: z.int(),
});

export const listHostsInput = z.strictObject({
  cursor: z.string().max(200).nullish(),
  limit: z.int().min(1).max(100).default(50),
});
export const listHostsOutput = z.strictObject({ items: z.array(host), nextCursor: z.string().nullable() });
