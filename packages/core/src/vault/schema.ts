import { z } from "zod";
import { base64Bytes } from "../auth/schema.ts";

/** 256 KiB, written out: it is also the type of the client’s own. */
export const maxEnvelopeBytes = 262_144;
const envelope = base64Bytes(maxEnvelopeBytes);
/** As far as the database counts. */
export const revision = z.int32().min(1);

export const slot = z.strictObject({
  id: z.uuid(),
  kind: z.enum(["password"]),
  envelope,
  createdAt: z.date(),
});

export const configSummary = z.strictObject({
  id: z.uuid(),
  revision: z.int(),
  createdAt: z.date(),
  updatedAt: z.date(),
});

/** One revision, as the browser encrypted it. */
export const configRevision = z.strictObject({
  id: z.uuid(),
  revision,
  wrappedKey: base64Bytes(4096),
  envelope,
});
export type ConfigRevision = z.infer<typeof configRevision>;

export const listConfigsInput = z.strictObject({
  cursor: z.string().max(200).nullish(),
  limit: z.int().min(1).max(100).default(50),
});
export const listConfigsOutput = z.strictObject({
  items: z.array(configSummary),
  nextCursor: z.string().nullable(),
});

/** A configuration that a reset of the password put out of reach. */
export const configLeftBehind = z.strictObject({ id: z.uuid(), leftAt: z.date(), erasedAt: z.date() });

export const getConfigInput = z.strictObject({ id: z.uuidv4(), revision: revision.optional() });
/** `revision` is the one after the current; saving the same revision twice is one save. */
export const saveConfigInput = configRevision.extend({ id: z.uuidv4() });

export const vaultIndex = z.strictObject({ revision, envelope });
export type VaultIndexRevision = z.infer<typeof vaultIndex>;

export const getIndexInput = z.strictObject({ before: revision.optional() });

/** `index` is the next revision of the index, without the configuration. */
export const removeConfigInput = z.strictObject({ id: z.uuidv4(), index: vaultIndex });
