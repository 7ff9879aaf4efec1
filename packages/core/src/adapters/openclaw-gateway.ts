import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { WebSocket } from "ws";
import { z } from "zod";
import { nobodysAddress } from "../instances/rules.ts";
import {
  type Gateway,
  type GatewayConnection,
  GatewayRefused,
  type GatewayTarget,
  type Health,
} from "../ports.ts";
import { emittedEvents } from "./emitted-events.ts";
import { createGatewayBudget, type GatewayBudget } from "./openclaw-gateway-budget.ts";
import { deviceIdOf, introduction } from "./openclaw-gateway-device.ts";
import {
  chatEventOf,
  frameOf,
  historyOf,
  type ResponseFrame,
  refusal,
  sent,
} from "./openclaw-gateway-frames.ts";
import { pairingOver } from "./openclaw-gateway-pairing.ts";

/** Generous: at start the gateway's only thread is busy for many seconds. */
const answerMs = 30_000;
/** The gateway trusts the bridge as a proxy and demands to know for whom it speaks. */
const attribution = { "x-forwarded-for": nobodysAddress };
/** What a health page may hold, unpacked. */
const longestPage = 16 * 1024;
/** OpenClaw ends a history at 6 MiB. What is longer holds up everybody's worker while it is parsed. */
const longestFrame = 7 * 1024 * 1024;
/** OpenClaw never sends one in pieces. */
const mostFragments = 16;

/**
 * Talks to the gateway of a running OpenClaw: its health pages over HTTP, everything else over its WebSocket protocol.
 * Whatever answers may be hostile: nothing that it says is believed before it was parsed, and nothing leads elsewhere.
 */
export function createOpenClawGateway(): Gateway {
  // Kept over connections: whoever was cut off has no new budget for coming again.
  const budgets = new Map<string, GatewayBudget>();
  return {
    probe,
    connect: (target) => {
      const budget = budgets.get(target.url) ?? createGatewayBudget();
      budgets.set(target.url, budget);
      return connect(target, budget);
    },
    deviceId: deviceIdOf,
  };
}

const healthPages = {
  live: { path: "/healthz", field: "ok" },
  ready: { path: "/readyz", field: "ready" },
} as const;

/** Unknown pages answer 200 with the Control UI: only the JSON body tells. */
async function probe(address: string, wanted: Health): Promise<boolean> {
  const { path, field } = healthPages[wanted];
  try {
    const response = await fetch(`${address}${path}`, {
      headers: attribution,
      redirect: "error",
      signal: AbortSignal.timeout(2_000),
    });
    const body = z.object({ [field]: z.literal(true) }).safeParse(JSON.parse(await pageOf(response)));
    return response.ok && body.success;
  } catch {
    return false;
  }
}

/** Throws at a longer one, and reads no more of it. */
async function pageOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > longestPage) throw new Error("longer than any health page");
  }
  return Buffer.concat(chunks).toString();
}

async function connect(target: GatewayTarget, budget: GatewayBudget): Promise<GatewayConnection> {
  const socket = new WebSocket(target.url, {
    headers: attribution,
    handshakeTimeout: answerMs,
    maxPayload: longestFrame,
    maxFragments: mostFragments,
    perMessageDeflate: false,
  });
  const { request, settle, giveUp } = createRequests(socket);
  const chat = new EventEmitter().setMaxListeners(0);
  const pairing = new EventEmitter().setMaxListeners(0);
  const ended = new AbortController();
  socket.on("close", () => {
    ended.abort();
    giveUp();
  });

  /** Whether what was said may still be looked at. */
  const affords = (bytes: number): boolean => {
    const left = budget.spend(bytes);
    if (!left) socket.terminate();
    return left;
  };
  socket.on("ping", ({ length }) => affords(length));
  socket.on("pong", ({ length }) => affords(length));

  let isChallenged = false;
  const greeted = new Promise<void>((resolve, reject) => {
    socket.on("error", (error) => reject(new GatewayRefused("unreachable", error.message)));
    socket.on("close", () => reject(new GatewayRefused("unreachable", "the connection closed")));
    socket.on("message", (data: Buffer) => {
      if (!affords(data.length)) return;
      const frame = frameOf(data.toString());
      if (frame.kind === "garbage") socket.terminate();
      if (frame.kind === "response") settle(frame.response);
      if (frame.kind === "challenge" && !isChallenged) {
        isChallenged = true;
        request("connect", introduction(target, frame.challenge), z.unknown()).then(() => resolve(), reject);
      }
      const said = frame.kind === "chat" && chatEventOf(frame.payload);
      if (said) chat.emit("item", said);
      if (frame.kind === "pairing") pairing.emit("item");
    });
  });
  const silence = setTimeout(() => socket.terminate(), answerMs);
  try {
    await greeted;
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    clearTimeout(silence);
  }

  return {
    history: (sessionKey, limit) => request("chat.history", { sessionKey, limit }, historyOf(limit)),
    send: (sessionKey, text, idempotencyKey) =>
      request(
        "chat.send",
        { sessionKey, message: text, idempotencyKey, suppressCommandInterpretation: true },
        sent,
      ),
    abort: async (sessionKey) => void (await request("chat.abort", { sessionKey }, z.unknown())),
    events: (signal) => emittedEvents(chat, AbortSignal.any([signal, ended.signal])),
    pairingChanges: (signal) => emittedEvents<void>(pairing, AbortSignal.any([signal, ended.signal])),
    ...pairingOver(request, deviceIdOf(target.deviceKey)),
    get closed() {
      return socket.readyState !== WebSocket.OPEN;
    },
    close: () => socket.close(),
  };
}

/** Requests over one socket, each with the response that carries its id. They throw GatewayRefused. */
function createRequests(socket: WebSocket) {
  const waiting = new Map<string, (response: ResponseFrame) => void>();

  async function request<T>(method: string, params: object, answer: z.ZodType<T>): Promise<T> {
    const response = await exchange(method, params);
    if (!response.ok) throw refusal(method, response.error);
    const payload = answer.safeParse(response.payload);
    if (!payload.success) throw new GatewayRefused("protocol", `${method}: an answer of another form`);
    return payload.data;
  }

  function exchange(method: string, params: object): Promise<ResponseFrame> {
    if (socket.readyState !== WebSocket.OPEN) return Promise.resolve(closed);
    const id = randomUUID();
    return new Promise((resolve) => {
      // A gateway that doesn't answer is gone: the next who needs it connects anew.
      const timer = setTimeout(() => socket.terminate(), answerMs);
      waiting.set(id, (response) => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(response);
      });
      socket.send(JSON.stringify({ type: "req", id, method, params }));
    });
  }

  return {
    request,
    settle: (response: ResponseFrame) => waiting.get(response.id)?.(response),
    giveUp: () => {
      for (const answer of waiting.values()) answer(closed);
    },
  };
}

const closed: ResponseFrame = {
  id: "",
  ok: false,
  error: { code: "UNAVAILABLE", message: "the connection closed" },
};
