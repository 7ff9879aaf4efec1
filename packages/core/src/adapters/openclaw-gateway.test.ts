import { createPublicKey, verify } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { createOpenClawGateway } from "./openclaw-gateway.ts";

// A gateway in a few lines that speaks what a real one was recorded to say.

const token = "3f6e4c1a-5a0e-4f7e-9a55-0d1f3f1d2b11";
const deviceKey = Buffer.alloc(32, 7).toString("base64url");
const nonce = "nonce-1";
const ts = 1_795_000_000_000;

const requestFrame = z.object({
  type: z.literal("req"),
  id: z.string(),
  method: z.string(),
  params: z.record(z.string(), z.unknown()),
});
type Request = z.infer<typeof requestFrame>;
type Answer =
  | { payload: unknown }
  | { error: { code: string; message: string; details?: { code: string } } }
  | null;

const gateway = createOpenClawGateway();
let server: Server;
let sockets: WebSocketServer;
let address: string;
let forwardedFor: unknown;
let received: Request[];
let socket: WebSocket;
/** What each method is answered; null: nothing at all. */
let answers: Record<string, Answer>;
/** What is said to who connects. */
let greeting: string;
let pages: Record<string, [status: number, body: string | Buffer, headers?: Record<string, string>]>;

const event = (name: string, payload: unknown) => JSON.stringify({ type: "event", event: name, payload });
const chat = (payload: object) =>
  socket.send(event("chat", { runId: "run-1", sessionKey: "agent:main:main", seq: 1, ...payload }));
const words = (text: string) => ({ role: "assistant", content: [{ type: "text", text }], timestamp: ts });

beforeEach(async () => {
  received = [];
  answers = { connect: { payload: { type: "hello-ok", protocol: 4 } } };
  greeting = event("connect.challenge", { nonce, ts });
  pages = { "/healthz": [200, '{"ok":true,"status":"live"}'], "/readyz": [200, '{"ready":true}'] };
  server = createServer((incoming, response) => {
    const [status, body, headers] = pages[incoming.url ?? ""] ?? [
      200,
      "<!doctype html><title>OpenClaw Control</title>",
    ];
    response.writeHead(incoming.headers["x-forwarded-for"] ? status : 403, headers).end(body);
  });
  sockets = new WebSocketServer({ server });
  sockets.on("connection", (connected, request) => {
    socket = connected;
    forwardedFor = request.headers["x-forwarded-for"];
    connected.on("message", (data) => {
      const asked = requestFrame.parse(JSON.parse(data.toString()));
      received.push(asked);
      const answer = answers[asked.method];
      if (answer)
        connected.send(JSON.stringify({ type: "res", id: asked.id, ok: "payload" in answer, ...answer }));
    });
    connected.send(greeting);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const open of sockets.clients) open.terminate();
  server.close();
  server.closeAllConnections();
  await once(server, "close");
});

const connect = () =>
  gateway.connect({ url: `ws://${address}`, origin: "https://ada.example.org", token, deviceKey });
const refused = (code: string, detail?: string): Answer => ({
  error: { code, message: "no", ...(detail && { details: { code: detail } }) },
});

describe("health", () => {
  const probe = (at = `http://${address}`) =>
    Promise.all([gateway.probe(at, "live"), gateway.probe(at, "ready")]);
  const [live, ready] = [true, true];

  test("R2: an instance is live and ready when both of its pages say so", async () => {
    expect(await probe()).toEqual([live, ready]);
  });

  test("R2: an instance that is up but not ready is live only", async () => {
    pages["/readyz"] = [503, '{"ready":false}'];
    expect(await probe()).toEqual([live, !ready]);
  });

  test("R2: a page of the Control UI, which answers every unknown path, is no sign of life", async () => {
    pages = {};
    expect(await probe()).toEqual([!live, !ready]);
  });

  test("I3: an instance can't send the probe elsewhere", async () => {
    pages["/healthz"] = [302, "", { location: "/elsewhere" }];
    pages["/elsewhere"] = [200, '{"ok":true}'];
    expect(await gateway.probe(`http://${address}`, "live")).toBe(false);
  });

  test("I1: a page that grows as it is unpacked is not read to its end", async () => {
    const page = gzipSync(`{"ok":true,"words":"${"x".repeat(50 * 1024 * 1024)}"}`);
    pages["/healthz"] = [200, page, { "content-encoding": "gzip" }];
    // All of it would be a sign of life.
    expect(await gateway.probe(`http://${address}`, "live")).toBe(false);
  });

  test("R2: nobody there is neither live nor ready", async () => {
    expect(await probe("http://127.0.0.1:1")).toEqual([!live, !ready]);
  });
});

describe("connecting", () => {
  test("A4: shows the token and a signature of the platform's device over the challenge", async () => {
    const connection = await connect();
    const { params } = z
      .object({
        params: z.object({
          auth: z.object({ token: z.string() }),
          scopes: z.array(z.string()),
          device: z.object({
            id: z.string(),
            publicKey: z.string(),
            signature: z.string(),
            signedAt: z.number(),
            nonce: z.string(),
          }),
        }),
      })
      .parse(received[0]);
    const { device, scopes } = params;
    const signed = `v3|${device.id}|gateway-client|backend|operator|${scopes.join(",")}|${ts}|${token}|${nonce}|linux|`;
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: device.publicKey }, format: "jwk" });
    expect(verify(null, Buffer.from(signed), key, Buffer.from(device.signature, "base64url"))).toBe(true);
    expect(device).toMatchObject({ id: gateway.deviceId(deviceKey), nonce, signedAt: ts });
    expect(params.auth.token).toBe(token);
    expect(forwardedFor).toBe("192.0.2.1");
    expect(connection.closed).toBe(false);
  });

  test.each([
    ["a wrong token", refused("INVALID_REQUEST", "AUTH_TOKEN_MISMATCH"), "token"],
    ["a bad signature", refused("INVALID_REQUEST", "DEVICE_AUTH_SIGNATURE_INVALID"), "token"],
    ["a device that isn't paired", refused("NOT_PAIRED", "PAIRING_REQUIRED"), "pairing"],
    ["too many wrong tokens before", refused("INVALID_REQUEST", "AUTH_RATE_LIMITED"), "unreachable"],
    ["a gateway that is starting", refused("UNAVAILABLE"), "unreachable"],
    ["a protocol that it doesn't speak", refused("INVALID_REQUEST"), "protocol"],
  ])("A4: %s is refused with the reason", async (_, answer, reason) => {
    answers.connect = answer;
    await expect(connect()).rejects.toMatchObject({ name: "GatewayRefused", reason });
  });

  test.each([
    "{",
    '"words"',
    '{"type":"event"',
    '{"event":"connect.challenge","payload":{"nonce":7}}',
    "\u0000",
  ])("I1: %j from an instance ends the connection and nothing else", async (said) => {
    greeting = said;
    await expect(connect()).rejects.toMatchObject({ reason: "unreachable" });
  });

  test("I1: only the first challenge is answered", async () => {
    const connection = await connect();
    socket.send(event("connect.challenge", { nonce: "nonce-2", ts }));
    answers["chat.abort"] = { payload: {} };
    await connection.abort("agent:main:main");
    expect(received.map(({ method }) => method)).toEqual(["connect", "chat.abort"]);
  });

  test("an instance that isn't there is unreachable", async () => {
    address = "127.0.0.1:1";
    await expect(connect()).rejects.toMatchObject({ reason: "unreachable" });
  });
});

describe("a connection", () => {
  test("B2: the history holds what people and the assistant said, and nothing of the machinery", async () => {
    const messages = [
      { role: "user", content: "Hello", timestamp: ts, __openclaw: { id: "m1" } },
      {
        role: "assistant",
        content: [{ type: "thinking" }, { type: "text", text: "Hello, Ada." }],
        timestamp: ts + 1,
        __openclaw: { id: "m2" },
      },
      { role: "toolResult", content: [{ type: "text", text: "exit 0" }], timestamp: ts + 2 },
      { role: "assistant", content: [{ type: "toolCall" }], timestamp: ts + 3 },
      { role: "user", content: "at no time", timestamp: 1e300 },
      "garbage",
    ];
    answers["chat.history"] = { payload: { messages } };
    const connection = await connect();
    expect(await connection.history("agent:main:main", 20)).toEqual([
      { id: "m1", role: "user", text: "Hello", at: new Date(ts) },
      { id: "m2", role: "assistant", text: "Hello, Ada.", at: new Date(ts + 1) },
    ]);
    expect(received[1]).toMatchObject({
      method: "chat.history",
      params: { sessionKey: "agent:main:main", limit: 20 },
    });
  });

  test("B2: what a person says is sent as words, never as a command, under the key that makes it one message", async () => {
    answers["chat.send"] = { payload: { runId: "run-1", status: "started" } };
    const connection = await connect();
    expect(await connection.send("agent:main:main", "/reset", "key-1")).toEqual({ runId: "run-1" });
    expect(received[1]).toMatchObject({
      method: "chat.send",
      params: {
        sessionKey: "agent:main:main",
        message: "/reset",
        idempotencyKey: "key-1",
        suppressCommandInterpretation: true,
      },
    });
  });

  test("B2: answers arrive as they grow, in order; other events and broken ones are left out", async () => {
    const connection = await connect();
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const said of connection.events(new AbortController().signal)) seen.push(said);
    })();
    const run = { runId: "run-1", sessionKey: "agent:main:main" };
    chat({ state: "delta", message: words("Hel") });
    socket.send(event("tick", { ts }));
    socket.send(event("chat", { state: "delta" }));
    chat({ state: "delta", message: words("Hello") });
    chat({ state: "final", message: words("Hello.") });
    chat({ state: "error", errorMessage: "no credits" });
    chat({ state: "aborted" });
    socket.close();
    await reading;
    expect(seen).toEqual([
      { kind: "delta", ...run, text: "Hel" },
      { kind: "delta", ...run, text: "Hello" },
      { kind: "final", ...run, text: "Hello." },
      { kind: "error", ...run, message: "no credits" },
      { kind: "aborted", ...run },
    ]);
  });

  test("reading events ends at the reader's signal, and at once on a connection that is closed", async () => {
    const connection = await connect();
    const controller = new AbortController();
    const reading = connection.events(controller.signal)[Symbol.asyncIterator]();
    const next = reading.next();
    controller.abort();
    expect(await next).toMatchObject({ done: true });

    socket.close();
    await expect.poll(() => connection.closed).toBe(true);
    expect(
      await connection.events(new AbortController().signal)[Symbol.asyncIterator]().next(),
    ).toMatchObject({ done: true });
  });

  test("a request that is open when the connection breaks, and every one after that, is unreachable", async () => {
    answers["chat.history"] = null;
    const connection = await connect();
    const open = connection.history("agent:main:main", 20);
    await expect.poll(() => received.length).toBe(2);
    socket.terminate();
    await expect(open).rejects.toMatchObject({ reason: "unreachable" });
    await expect(connection.abort("agent:main:main")).rejects.toMatchObject({ reason: "unreachable" });
  });

  test("I1: of a history that is longer than asked for only the end is looked at", async () => {
    const messages = Array.from({ length: 100_000 }, (_, index) => ({ role: "user", content: `m${index}` }));
    answers["chat.history"] = { payload: { messages } };
    const history = await (await connect()).history("agent:main:main", 200);
    expect(history).toHaveLength(200);
    expect(history.at(-1)?.text).toBe("m99999");
  });

  test("I1: a text that is too long is cut, and so is a message of too many parts", async () => {
    const part = { type: "text", text: "x" };
    const messages = [
      { role: "user", content: "x".repeat(1_000_000) },
      { role: "assistant", content: Array.from({ length: 50_000 }, () => part) },
    ];
    answers["chat.history"] = { payload: { messages } };
    const history = await (await connect()).history("agent:main:main", 200);
    expect(history.map(({ text }) => text.length)).toEqual([200_000, 399]);
  });

  test("I1: a history as long as OpenClaw makes it is read; a frame that is longer ends the connection", async () => {
    const long = { role: "user", content: "x".repeat(128 * 1024) };
    answers["chat.history"] = { payload: { messages: Array.from({ length: 47 }, () => long) } };
    expect(await (await connect()).history("agent:main:main", 200)).toHaveLength(47);
    answers["chat.history"] = { payload: { messages: ["x".repeat(8 * 1024 * 1024)] } };
    await expect((await connect()).history("agent:main:main", 200)).rejects.toMatchObject({
      reason: "unreachable",
    });
  });

  test.each([
    ["long frames", 16, (to: WebSocket) => to.send(event("tick", { words: "x".repeat(1024 * 1024) }))],
    ["short frames", 16_384, (to: WebSocket) => to.send(event("tick", {}))],
    ["pongs", 16_384, (to: WebSocket) => to.pong()],
  ])("I1: a flood of %s ends the connection, and a new one brings no new budget", async (_, most, say) => {
    answers["chat.history"] = null;
    const connection = await connect();
    const asked = expect(connection.history("agent:main:main", 20)).rejects.toMatchObject({
      reason: "unreachable",
    });
    for (let said = 0; said < most * 2 && socket.readyState === socket.OPEN; said++) {
      say(socket);
      if (said % 50 === 0) await setImmediate();
    }
    await asked;
    expect(connection.closed).toBe(true);
    greeting = event("connect.challenge", { nonce, ts, words: "x".repeat(3 * 1024 * 1024) });
    await expect(connect()).rejects.toMatchObject({ reason: "unreachable" });
  });

  test("I1: an answer of another form is refused", async () => {
    answers["chat.send"] = { payload: { runId: 7 } };
    const connection = await connect();
    await expect(connection.send("agent:main:main", "Hello", "key-1")).rejects.toMatchObject({
      reason: "protocol",
    });
  });
});

describe("pairing", () => {
  const expiresAt = new Date(ts + 300_000);
  const device = (deviceId: string, change: object = {}) => ({
    deviceId,
    publicKey: "k",
    clientId: "openclaw-control-ui",
    platform: "Linux x86_64",
    remoteIp: "203.0.113.9",
    ...change,
  });
  const person = {
    requestId: "p1",
    channel: "telegram",
    channelLabel: "Telegram",
    accountId: "default",
    senderId: "4711",
    senderLabel: "user id",
    createdAt: new Date(ts).toISOString(),
    lastSeenAt: new Date(ts).toISOString(),
    expiresAt: expiresAt.toISOString(),
    notifySupported: true,
  };
  const methods = () => received.slice(1).map(({ method, params }) => ({ method, params }));

  beforeEach(() => {
    const own = gateway.deviceId(deviceKey);
    answers["device.pair.list"] = {
      payload: {
        pending: [device("d1", { requestId: "r1", ts }), device(own, { requestId: "r0", ts })],
        paired: [
          device("d2", { approvedAtMs: ts, lastSeenAtMs: ts + 1, connected: true, operatorLabel: "Desk" }),
          device(own, { approvedAtMs: ts }),
        ],
      },
    };
    answers["channels.pairing.list"] = { payload: { requests: [person] } };
    for (const method of ["device.pair.approve", "device.pair.reject", "device.pair.remove"])
      answers[method] = { payload: {} };
    for (const method of ["channels.pairing.approve", "channels.pairing.dismiss"])
      answers[method] = { payload: {} };
  });

  test("A5: tells who asks and who has access, and never of the platform's own device", async () => {
    expect(await (await connect()).pairing()).toEqual({
      requests: [
        {
          kind: "device",
          requestId: "r1",
          name: "Browser on Linux x86_64",
          address: "203.0.113.9",
          askedAt: new Date(ts),
          expiresAt,
        },
        {
          kind: "person",
          requestId: "p1",
          name: "4711",
          channel: "telegram",
          senderId: "4711",
          askedAt: new Date(ts),
          expiresAt,
        },
      ],
      devices: [
        {
          deviceId: "d2",
          name: "Desk",
          address: "203.0.113.9",
          connected: true,
          approvedAt: new Date(ts),
          seenAt: new Date(ts + 1),
        },
      ],
    });
  });

  test("A5: a name can't forge lines or turn the text around it", async () => {
    const metadata = { firstName: "Ada\n\u202E", lastName: "x".repeat(500) };
    answers["channels.pairing.list"] = { payload: { requests: [{ ...person, metadata }] } };
    const { requests } = await (await connect()).pairing();
    expect(requests[1]?.name).toBe(`Ada ${"x".repeat(96)}…`);
  });

  test("I1: of too many requests the first are listed; too many devices are refused, as none may be missed", async () => {
    const many = (length: number, change: object) =>
      Array.from({ length }, (_, index) => device(`d${index}`, change));
    answers["device.pair.list"] = { payload: { pending: many(9_000, { requestId: "r1", ts }), paired: [] } };
    answers["channels.pairing.list"] = { payload: { requests: Array.from({ length: 9_000 }, () => person) } };
    const connection = await connect();
    expect((await connection.pairing()).requests).toHaveLength(200);
    answers["device.pair.list"] = { payload: { pending: [], paired: many(1_001, { approvedAtMs: ts }) } };
    await expect(connection.pairing()).rejects.toMatchObject({ reason: "protocol" });
  });

  test("A5: a device's request is decided as one of a device, a person's as one of its chat", async () => {
    const connection = await connect();
    expect(await connection.approve("r1")).toMatchObject({ kind: "device", requestId: "r1" });
    expect(methods().at(-1)).toEqual({ method: "device.pair.approve", params: { requestId: "r1" } });
    await connection.reject("r1");
    expect(methods().at(-1)).toEqual({ method: "device.pair.reject", params: { requestId: "r1" } });
    const target = { channel: "telegram", accountId: "default", requestId: "p1" };
    expect(await connection.approve("p1")).toMatchObject({ kind: "person", requestId: "p1" });
    expect(methods().at(-1)).toEqual({
      method: "channels.pairing.approve",
      params: { ...target, notify: true },
    });
    await connection.reject("p1");
    expect(methods().at(-1)).toEqual({ method: "channels.pairing.dismiss", params: target });
    expect(await connection.removeDevice("d2")).toMatchObject({ name: "Desk" });
    expect(methods().at(-1)).toEqual({ method: "device.pair.remove", params: { deviceId: "d2" } });
  });

  test("A5: what isn't listed can be neither decided nor removed, least of all the platform's own device", async () => {
    const connection = await connect();
    for (const word of [
      () => connection.approve("r0"),
      () => connection.reject("r9"),
      () => connection.removeDevice(gateway.deviceId(deviceKey)),
    ])
      await expect(word()).rejects.toMatchObject({ name: "GatewayRefused", reason: "missing" });
    expect(methods().filter(({ method }) => !method.endsWith(".list"))).toEqual([]);
  });

  test.each(["device.pair.requested", "device.pair.resolved", "device.pair.changed"])(
    "A5: who watches is woken by %s",
    async (name) => {
      const connection = await connect();
      const woken = connection.pairingChanges(AbortSignal.timeout(5_000))[Symbol.asyncIterator]().next();
      socket.send(event("tick", { ts }));
      socket.send(event(name, { requestId: "r1" }));
      expect(await woken).toMatchObject({ done: false });
    },
  );
});
