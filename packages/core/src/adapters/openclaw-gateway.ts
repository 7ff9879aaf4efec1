import { createHash, createPrivateKey, createPublicKey, randomUUID, sign, type KeyObject } from "node:crypto";
import { EventEmitter } from "node:events";
import { WebSocket } from "ws";
import { z } from "zod";
import {
  type ChatEvent,
  type ChatMessage,
  type Gateway,
  type GatewayConnection,
  GatewayRefused,
  type GatewayTarget,
} from "../ports.ts";
import { emittedEvents } from "./emitted-events.ts";

const protocol = 4;
const answerMs = 15_000;
const scopes = ["operator.read", "operator.write", "operator.admin", "operator.approvals", "operator.pairing"];
const client = { id: "gateway-client", version: "1.0.0", platform: "linux", mode: "backend", displayName: "OpenClaw Launch" };
/** The gateway trusts the bridge as a proxy and demands to know for whom it speaks: a documentation address stands for us. */
const attribution = { "x-forwarded-for": "192.0.2.1" };

/** Talks to the gateway of a running OpenClaw: its health pages over HTTP, everything else over its WebSocket protocol. */
export function createOpenClawGateway(): Gateway {
  return { probe, connect, deviceId: (deviceKey) => fingerprint(publicKeyOf(deviceFromSeed(deviceKey))) };
}

async function probe(address: string): Promise<{ live: boolean; ready: boolean }> {
  const [live, ready] = await Promise.all([says(`${address}/healthz`, "ok"), says(`${address}/readyz`, "ready")]);
  return { live, ready: live && ready };
}

/** Unknown pages answer 200 with the Control UI: only the JSON body tells. */
async function says(url: string, field: "ok" | "ready"): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: attribution, signal: AbortSignal.timeout(2_000) });
    const body = z.object({ [field]: z.literal(true) }).safeParse(await response.json());
    return response.ok && body.success;
  } catch {
    return false;
  }
}

// ── Frames ──────────────────────────────────────────────────────────────────

const challenge = z.object({ nonce: z.string(), ts: z.number() });
const responseFrame = z.object({
  type: z.literal("res"),
  id: z.string(),
  ok: z.boolean(),
  payload: z.unknown(),
  error: z
    .object({ code: z.string(), message: z.string(), details: z.object({ code: z.string().optional() }).nullish() })
    .nullish(),
});
const eventFrame = z.object({ type: z.literal("event"), event: z.string(), payload: z.unknown() });

const message = z.object({
  role: z.string(),
  content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]).optional(),
  timestamp: z.number().optional(),
  __openclaw: z.object({ id: z.string().optional() }).optional(),
});
const chatPayload = z.object({
  runId: z.string(),
  sessionKey: z.string(),
  state: z.string(),
  message: message.optional(),
  errorMessage: z.string().optional(),
});

type ResponseFrame = z.infer<typeof responseFrame>;

// ── Connection ──────────────────────────────────────────────────────────────

async function connect(target: GatewayTarget): Promise<GatewayConnection> {
  const socket = new WebSocket(target.url, { headers: attribution, handshakeTimeout: 5_000, maxPayload: 32 * 1024 * 1024 });
  const waiting = new Map<string, (frame: ResponseFrame) => void>();
  const chat = new EventEmitter().setMaxListeners(0);

  function request(method: string, params: object): Promise<unknown> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(new GatewayRefused("unreachable", `${method}: no answer`)), answerMs);
      const settle = (outcome: GatewayRefused | { payload: unknown }) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (outcome instanceof GatewayRefused) reject(outcome);
        else resolve(outcome.payload);
      };
      waiting.set(id, (frame) => settle(frame.ok ? { payload: frame.payload } : refusal(method, frame.error)));
      socket.send(JSON.stringify({ type: "req", id, method, params }));
    });
  }

  socket.on("close", () => {
    for (const answer of waiting.values()) {
      answer({ type: "res", id: "", ok: false, payload: null, error: { code: "CLOSED", message: "the connection closed" } });
    }
    chat.emit("end");
  });

  await new Promise<void>((resolve, reject) => {
    socket.on("error", (error) => reject(new GatewayRefused("unreachable", error.message)));
    socket.on("close", () => reject(new GatewayRefused("unreachable", "the connection closed")));
    socket.on("message", (data) => {
      const frame: unknown = JSON.parse(data.toString());
      const response = responseFrame.safeParse(frame);
      if (response.success) return waiting.get(response.data.id)?.(response.data);
      const event = eventFrame.safeParse(frame);
      if (!event.success) return;
      if (event.data.event === "connect.challenge") {
        const asked = challenge.safeParse(event.data.payload);
        if (!asked.success) return reject(new GatewayRefused("protocol", "unknown challenge"));
        request("connect", introduction(target, asked.data)).then(() => resolve(), reject);
      }
      if (event.data.event === "chat") {
        const said = chatEventOf(event.data.payload);
        if (said) chat.emit("item", said);
      }
    });
  }).catch((error: unknown) => {
    socket.terminate();
    throw error;
  });

  return {
    history: async (sessionKey, limit) =>
      messagesOf(await request("chat.history", { sessionKey, limit })),
    send: async (sessionKey, text, idempotencyKey) =>
      z
        .object({ runId: z.string() })
        .parse(await request("chat.send", { sessionKey, message: text, idempotencyKey, suppressCommandInterpretation: true })),
    abort: async (sessionKey) => void (await request("chat.abort", { sessionKey })),
    events: (signal) => emittedEvents(chat, signal),
    get closed() {
      return socket.readyState !== WebSocket.OPEN;
    },
    close: () => socket.close(),
  };
}

/** Who we are, signed over the challenge with the platform's device key. */
function introduction(target: GatewayTarget, { nonce, ts }: z.infer<typeof challenge>) {
  const device = deviceFromSeed(target.deviceKey);
  const publicKey = publicKeyOf(device);
  const id = fingerprint(publicKey);
  const signed = ["v3", id, client.id, client.mode, "operator", scopes.join(","), ts, target.token, nonce, client.platform, ""];
  const signature = sign(null, Buffer.from(signed.join("|")), device).toString("base64url");
  return {
    minProtocol: protocol,
    maxProtocol: protocol,
    client,
    role: "operator",
    scopes,
    caps: [],
    auth: { token: target.token },
    device: { id, publicKey, signature, signedAt: ts, nonce },
  };
}

function refusal(method: string, error: ResponseFrame["error"]): GatewayRefused {
  const code = error?.details?.code ?? error?.code ?? "";
  const text = `${method}: ${error?.message ?? "refused"}`;
  if (code.startsWith("PAIRING_") || error?.code === "NOT_PAIRED") return new GatewayRefused("pairing", text);
  if (code.startsWith("AUTH_") || code.startsWith("DEVICE_")) return new GatewayRefused("token", text);
  if (error?.code === "CLOSED" || error?.code === "UNAVAILABLE") return new GatewayRefused("unreachable", text);
  return new GatewayRefused("protocol", text);
}

// ── Messages ────────────────────────────────────────────────────────────────

function chatEventOf(payload: unknown): (ChatEvent & { sessionKey: string }) | null {
  const parsed = chatPayload.safeParse(payload);
  if (!parsed.success) return null;
  const { runId, sessionKey, state } = parsed.data;
  const text = textOf(parsed.data.message);
  if (state === "delta") return { kind: "delta", runId, sessionKey, text };
  if (state === "final") return { kind: "final", runId, sessionKey, text };
  if (state === "aborted") return { kind: "aborted", runId, sessionKey };
  if (state === "error") return { kind: "error", runId, sessionKey, message: parsed.data.errorMessage ?? text };
  return null;
}

function messagesOf(payload: unknown): ChatMessage[] {
  const { messages } = z.object({ messages: z.array(z.unknown()) }).parse(payload);
  return messages.flatMap((raw, index) => {
    const parsed = message.safeParse(raw);
    if (!parsed.success) return [];
    const { role, timestamp } = parsed.data;
    const text = textOf(parsed.data);
    if ((role !== "user" && role !== "assistant") || text === "") return [];
    return [{ id: parsed.data.__openclaw?.id ?? String(index), role, text, at: new Date(timestamp ?? 0) }];
  });
}

function textOf(said: z.infer<typeof message> | undefined): string {
  const content = said?.content ?? "";
  if (typeof content === "string") return content;
  return content.flatMap((part) => (part.type === "text" && part.text ? [part.text] : [])).join("\n");
}

// ── Device ──────────────────────────────────────────────────────────────────

const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

function deviceFromSeed(seed: string): KeyObject {
  const der = Buffer.concat([pkcs8Prefix, Buffer.from(seed, "base64url")]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

const publicKeyOf = (device: KeyObject): string => createPublicKey(device).export({ format: "jwk" }).x ?? "";

/** OpenClaw names a device by the SHA-256 of its public key. */
const fingerprint = (publicKey: string): string =>
  createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex");
