import { z } from "zod";
import { text } from "../api/schema.ts";
import { base64Bytes, key256 } from "../auth/schema.ts";
import { revision } from "../vault/schema.ts";

export const instanceName = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^\p{C}]+$/u, "no control characters");
export const modelId = z
  .string()
  .max(100)
  .regex(/^[a-z0-9-]+\/[a-z0-9][a-z0-9._:-]*$/);
export const channel = z.enum(["telegram", "discord"]);

export const instanceStatus = z.enum([
  "draft",
  "starting",
  "running",
  "stopping",
  "stopped",
  "failed",
  "removing",
  "removed",
]);
export type InstanceStatus = z.infer<typeof instanceStatus>;

/** What happens during a command, in order. Texts are the interface's. */
export const phaseName = z.enum([
  "open-configuration",
  "provide-model-key",
  "create-container",
  "start-container",
  "wait-live",
  "wait-ready",
  "first-answer",
  "stop-container",
  "remove-container",
  "revoke-model-key",
  "make-token",
  "apply-token",
  "revoke-devices",
  "copy-state",
  "fetch-backup",
  "check-backup",
  "check-image",
  "keep-state",
  "replace-state",
  "roll-back",
]);
export type PhaseName = z.infer<typeof phaseName>;

export const operation = z.strictObject({
  id: z.uuid(),
  instanceId: z.uuid(),
  kind: z.enum([
    "deploy",
    "start",
    "stop",
    "restart",
    "kill",
    "remove",
    "rotate",
    "backup",
    "restore",
    "upgrade",
  ]),
  state: z.enum(["queued", "running", "succeeded", "failed", "superseded"]),
  error: z.string().nullable(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
  phases: z.array(
    z.strictObject({
      name: phaseName,
      detail: z.string().nullable(),
      startedAt: z.date(),
      finishedAt: z.date().nullable(),
    }),
  ),
});
export type OperationView = z.infer<typeof operation>;

export const instance = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  slug: z.string(),
  model: z.string(),
  channels: z.array(channel),
  status: instanceStatus,
  /** Error code of the catalogue. */
  reason: z.string().nullable(),
  configId: z.uuid().nullable(),
  configRevision: z.int().nullable(),
  /** Of OpenClaw; null before the first start. */
  version: z.string().nullable(),
  /** The version that its machine has for it beside its own. */
  upgrade: z.string().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  /** The newest command. */
  operation: operation.nullable(),
});
export type InstanceView = z.infer<typeof instance>;

/**
 * What an owner decides about an assistant. Encrypted in the browser, sealed to the worker, never seen by the web server.
 * The platform adds the rest of OpenClaw's configuration (`provisioner/openclaw-config.ts`).
 */
export const assistantConfiguration = z.strictObject({
  version: z.literal(1),
  name: instanceName,
  model: modelId,
  /** The assistant's character in the owner's words. */
  personality: text.max(8000).default(""),
  channels: z
    .strictObject({
      telegram: z
        .strictObject({ botToken: z.string().regex(/^[1-9]\d{0,15}:[A-Za-z0-9_-]{30,}$/) })
        .optional(),
      discord: z
        .strictObject({
          token: z
            .string()
            .min(50)
            .max(200)
            .regex(/^[A-Za-z0-9._-]+$/),
        })
        .optional(),
    })
    .default({}),
});
export type AssistantConfiguration = z.infer<typeof assistantConfiguration>;

export const createInput = z.strictObject({
  id: z.uuidv4(),
  name: instanceName,
  model: modelId,
  channels: z.array(channel).max(2).default([]),
});
export const byId = z.strictObject({ instanceId: z.uuidv4() });
export const commandInput = z.strictObject({ instanceId: z.uuidv4(), operationId: z.uuidv4() });
export const rotateInput = commandInput.extend({
  /** Paired devices have access without the gateway token: whether they lose it too. */
  revokeDevices: z.boolean().default(false),
});
export const renameInput = z.strictObject({ instanceId: z.uuidv4(), name: instanceName });
export const listInput = z.strictObject({
  cursor: z.string().max(200).nullish(),
  limit: z.int().min(1).max(100).default(50),
});
export const listOutput = z.strictObject({ items: z.array(instance), nextCursor: z.string().nullable() });

export const deployInput = z.strictObject({
  /** The deploy's id: a repeat is the same deploy. */
  operationId: z.uuidv4(),
  instanceId: z.uuidv4(),
  configId: z.uuidv4(),
  revision,
  deployKeyId: z.uuidv4(),
  /** Unix milliseconds, at most ten minutes ahead. */
  exp: z.int().positive(),
  /** HPKE: 32 bytes of encapsulated key, then the ciphertext. */
  sealed: base64Bytes(300 * 1024),
});

/** Public keys of the host that will run the instance. `signature` covers `ocl/v1/deploy-key\n<id>|<publicKey>|<expiresAt in ms>`. */
export const deployKeys = z.strictObject({
  hostId: z.uuid(),
  identityKey: key256,
  keys: z.array(
    z.strictObject({ id: z.uuid(), publicKey: key256, expiresAt: z.date(), signature: z.string() }),
  ),
});

export const logsInput = z.strictObject({
  instanceId: z.uuidv4(),
  tail: z.int().min(0).max(2000).default(200),
  /** Set by the client when a stream resumes: time of the last line seen, Unix ms. */
  lastEventId: z
    .string()
    .regex(/^\d{1,15}$/)
    .nullish(),
});
export const logLine = z.strictObject({
  at: z.date(),
  stream: z.enum(["stdout", "stderr"]),
  text: z.string(),
});

/** `target` is `host:port`, in the words of the assistant. */
export const refusedConnection = z.strictObject({ target: z.string(), count: z.int(), lastAt: z.date() });
export type RefusedConnectionView = z.infer<typeof refusedConnection>;

/** Below the folder of the assistant. */
export const folderSize = z.strictObject({ path: z.string(), bytes: z.number() });

export const chatMessage = z.strictObject({
  id: z.string(),
  role: z.enum(["user", "assistant"]),
  text: z.string(),
  at: z.date(),
});
/** `text` of a delta is the whole text so far. */
export const chatEvent = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("delta"), runId: z.string(), text: z.string() }),
  z.strictObject({ kind: z.literal("final"), runId: z.string(), text: z.string() }),
  z.strictObject({ kind: z.literal("error"), runId: z.string(), message: z.string() }),
  z.strictObject({ kind: z.literal("aborted"), runId: z.string() }),
]);
export const chatSendInput = z.strictObject({
  instanceId: z.uuidv4(),
  /** A repeat with the same id is the same message. */
  messageId: z.uuidv4(),
  text: text.trim().min(1).max(16_000),
});
export const chatSendOutput = z.strictObject({ runId: z.string() });

export const pairingRequest = z.discriminatedUnion("kind", [
  /** A device that shows the gateway token. */
  z.strictObject({
    kind: z.literal("device"),
    requestId: z.string(),
    /** As it calls itself. */
    name: z.string(),
    address: z.string().nullable(),
    askedAt: z.date(),
    expiresAt: z.date(),
  }),
  /** Somebody who wrote to the assistant in a chat. */
  z.strictObject({
    kind: z.literal("person"),
    requestId: z.string(),
    name: z.string(),
    channel: z.string(),
    senderId: z.string(),
    askedAt: z.date(),
    expiresAt: z.date(),
  }),
]);
export type PairingRequestView = z.infer<typeof pairingRequest>;
export const pairedDevice = z.strictObject({
  deviceId: z.string(),
  name: z.string(),
  address: z.string().nullable(),
  connected: z.boolean(),
  approvedAt: z.date(),
  seenAt: z.date().nullable(),
});
export type PairedDeviceView = z.infer<typeof pairedDevice>;
export const pairing = z.strictObject({
  requests: z.array(pairingRequest),
  devices: z.array(pairedDevice),
});
export type PairingView = z.infer<typeof pairing>;
/** Made by the gateway. */
const gatewayId = z.string().min(1).max(200);
export const requestInput = z.strictObject({ instanceId: z.uuidv4(), requestId: gatewayId });
export const deviceInput = z.strictObject({ instanceId: z.uuidv4(), deviceId: gatewayId });

/** What the wizard offers. Prices in US dollars per million tokens. */
export const model = z.strictObject({
  id: modelId,
  name: z.string(),
  hint: z.string(),
  promptPrice: z.number(),
  completionPrice: z.number(),
  /** Messages that one dollar buys, about. */
  messagesPerDollar: z.int(),
});
export const modelsOutput = z.strictObject({
  models: z.array(model),
  /** True while answers come from a stand-in instead of openrouter.ai. */
  standIn: z.boolean(),
});

/** How large an instance is (plans.ts). */
export const instancePlan = z.enum(["lite", "pro"]);
export type InstancePlan = z.infer<typeof instancePlan>;

/** An instance as operators see it: whose it is and how it is, nothing of what is in it. */
const fleetInstance = z.strictObject({
  id: z.uuid(),
  slug: z.string(),
  ownerId: z.uuid(),
  ownerEmail: z.string(),
  hostName: z.string().nullable(),
  model: z.string(),
  plan: instancePlan,
  status: instanceStatus,
  reason: z.string().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export const listFleetInput = listInput.extend({ status: instanceStatus.nullish() });
export const changePlanInput = z.strictObject({ instanceId: z.uuidv4(), plan: instancePlan });
export const listFleetOutput = z.strictObject({
  items: z.array(fleetInstance),
  nextCursor: z.string().nullable(),
});
