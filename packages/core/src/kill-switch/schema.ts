import { z } from "zod";
import { text } from "../api/schema.ts";

/** Why it was thrown; stands in the audit log. */
const reason = text.trim().min(3).max(500);
/** Made by the client: a repeat is the same throw of the switch. */
const operationId = z.uuidv4();

export const switchUserInput = z.strictObject({ operationId, userId: z.uuidv4(), reason });
export const switchFleetInput = z.strictObject({ operationId, reason });
export const releaseInput = z.strictObject({ switchId: z.uuidv4(), reason });

export const killSwitch = z.strictObject({
  /** The operation that threw it. */
  id: z.uuid(),
  /** Null: all instances of all people. */
  userId: z.uuid().nullable(),
  userEmail: z.string().nullable(),
  reason: z.string(),
  engagedAt: z.date(),
  /** Null: the account is gone. */
  engagedByEmail: z.string().nullable(),
  releasedAt: z.date().nullable(),
  /** Instances of theirs that have not come to a stop yet. */
  stopping: z.int(),
});
export type KillSwitchView = z.infer<typeof killSwitch>;
export const listSwitchesOutput = z.array(killSwitch);
