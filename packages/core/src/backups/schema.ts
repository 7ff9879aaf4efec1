import { z } from "zod";
import { byId, commandInput } from "../instances/schema.ts";

export const backup = z.strictObject({
  /** Of the command that made it. */
  id: z.uuid(),
  kind: z.enum(["scheduled", "onDemand", "beforeRestore", "beforeUpgrade", "moved"]),
  state: z.enum(["making", "ready", "failed"]),
  /** Of OpenClaw. */
  version: z.string().nullable(),
  /** Of the file, compressed. */
  sizeBytes: z.number().nullable(),
  createdAt: z.date(),
  expiresAt: z.date(),
});
export type BackupView = z.infer<typeof backup>;

/** `instanceId` gets the state; the backup may be of another instance of the same owner. */
export const restoreInput = commandInput.extend({ backupId: z.uuidv4() });
export const removeBackupInput = byId.extend({ backupId: z.uuidv4() });
