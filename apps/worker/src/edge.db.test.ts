import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { promisify } from "node:util";
import { endSession, openSession } from "@openclaw-launch/core/auth/sessions";
import { commandInstance } from "@openclaw-launch/core/instances/command-instance";
import { convergeInstance } from "@openclaw-launch/core/instances/converge-instance";
import { deployTestInstance, draftOf } from "@openclaw-launch/core/testing/deploy-test-instance";
import { createTestSystem } from "@openclaw-launch/core/testing/test-system";
import { createTestHost, startTestWorker } from "@openclaw-launch/core/testing/test-worker";
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { serveEdge } from "./edge.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const made = startTestWorker(sys, host);

/** What an instance serves, and what it was asked. */
let asked: { url: string; headers: IncomingHttpHeaders }[] = [];
const inside = createServer(({ url = "", headers }, response) => {
  asked.push({ url, headers });
  response
    .setHeader("set-cookie", "theirs=1")
    .setHeader("service-worker-allowed", "/")
    .setHeader("x-frame-options", "ALLOWALL")
    .end("Control UI");
});
new WebSocketServer({ server: inside }).on("connection", (socket, { url = "", headers }) => {
  asked.push({ url, headers });
  socket.on("message", (data) => socket.send(`echo ${String(data)}`));
});
inside.listen(0, "127.0.0.1");
await once(inside, "listening");
const controlUi = `http://127.0.0.1:${(inside.address() as AddressInfo).port}`;
let target = controlUi;

/** Who asked for access, and when they are told. */
let lookups: string[] = [];
let told = Promise.resolve();
const { find } = made.access;
const worker = {
  ...made,
  access: {
    ...made.access,
    find: async (slug: string, cookie: string) => {
      lookups.push(cookie);
      await told;
      return (await find(slug, cookie)) && { target };
    },
  },
};
const edge = await serveEdge({ ...worker, config: { ...worker.config, EDGE_PORT: 0 } });
const { port } = edge.server.address() as AddressInfo;
afterAll(async () => {
  await edge.close();
  inside.closeAllConnections();
  inside.close();
});

async function running() {
  const { owner, id } = await draftOf(sys);
  await deployTestInstance(sys, worker, owner, id);
  await convergeInstance(worker, id, new AbortController().signal);
  await sys.db.$transaction((tx) => openSession(tx, sys, "app", owner.userId, owner));
  const session = await sys.db.session.findFirstOrThrow({ where: { userId: owner.userId } });
  const { slug } = await sys.db.instance.findUniqueOrThrow({ where: { id } });
  // The edge of the test listens where the system found a free port.
  const own = { host: `${slug}.localhost`, origin: `http://${slug}.localhost:0` };
  return { owner, id, slug, sessionId: session.id, own };
}
type Running = Awaited<ReturnType<typeof running>>;

type Request = { method?: string; path?: string; headers?: IncomingHttpHeaders; body?: string };
async function ask({ method = "GET", path = "/", headers = {}, body }: Request) {
  const outgoing = request({ host: "127.0.0.1", port, method, path, headers, agent: false });
  outgoing.end(body);
  const [response] = await once(outgoing, "response");
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode as number, headers: response.headers as IncomingHttpHeaders, text };
}

const ticketFor = async ({ id, sessionId }: Running) =>
  new URL(await worker.access.issueLink(id, sessionId)).hash.slice(1);
const enter = (own: { host: string; origin: string }, ticket: string) =>
  ask({ method: "POST", path: "/__launch__", headers: own, body: ticket });
async function cookieFor(instance: Running): Promise<string> {
  const { headers } = await enter(instance.own, await ticketFor(instance));
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

const open = (headers: IncomingHttpHeaders) =>
  new WebSocket(`ws://127.0.0.1:${port}/`, { headers: headers as Record<string, string> });
async function refusalOf(socket: WebSocket): Promise<number> {
  const [error] = await once(socket, "error");
  return Number(/Unexpected server response: (\d+)/.exec(String(error))?.[1]);
}

let ada: Running;
beforeEach(async () => {
  ada = await running();
  asked = [];
  target = controlUi;
  told = Promise.resolve();
});

describe("A5: the edge", () => {
  test("lets the owner's browser in through a link that works once, with a cookie for that host alone", async () => {
    const ticket = await ticketFor(ada);
    const entered = await enter(ada.own, ticket);
    expect(entered.status).toBe(200);
    const { token } = JSON.parse(
      host.engine.fileAt(await addressOf(ada.id), "openclaw.json")?.content ?? "{}",
    ).gateway.auth;
    expect(entered.text).toBe(token);
    expect(entered.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^__Host-gateway=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/),
    ]);
    expect(entered.headers["cache-control"]).toBe("no-store");
    expect((await enter(ada.own, ticket)).status).toBe(401);

    const cookie = entered.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    const page = await ask({ headers: { host: ada.own.host, cookie, "x-forwarded-for": "127.0.0.1" } });
    expect(page).toMatchObject({ status: 200, text: "Control UI" });
    expect(page.headers["set-cookie"]).toBeUndefined();
    expect(asked).toEqual([
      { url: "/", headers: expect.objectContaining({ "x-forwarded-for": "192.0.2.1" }) },
    ]);
    expect(asked[0]?.headers.cookie).toBeUndefined();
  });

  test("N4: every answer, refusals and the instance's own included, keeps the page to itself", async () => {
    const { host: name } = ada.own;
    const cookie = await cookieFor(ada);
    for (const headers of [{ host: name, cookie }, { host: name }, { host: "elsewhere" }]) {
      expect((await ask({ headers })).headers).toMatchObject({
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": expect.stringContaining("camera=()"),
      });
    }
    const { headers } = await ask({ path: "/__launch__", headers: { host: name } });
    expect(headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  });

  test("connects the WebSocket both ways", async () => {
    const socket = open({ ...ada.own, cookie: await cookieFor(ada) });
    await once(socket, "open");
    socket.send("hello");
    expect(String((await once(socket, "message"))[0])).toBe("echo hello");
    socket.terminate();
  });

  test("shows nothing without a cookie, or with that of another assistant", async () => {
    const bob = await running();
    const theirs = await cookieFor(bob);
    for (const cookie of [undefined, "__Host-gateway=invented", theirs]) {
      const headers = { host: ada.own.host, ...(cookie && { cookie }) };
      expect((await ask({ headers })).status).toBe(401);
      expect(await refusalOf(open({ ...ada.own, ...(cookie && { cookie }) }))).toBe(401);
    }
    expect((await enter(ada.own, await ticketFor(bob))).status).toBe(401);
    expect(asked).toEqual([]);
  });

  test("lets no other site in, cookie or not", async () => {
    const cookie = await cookieFor(ada);
    const origin = "http://bob-abcdef.localhost:0";
    const from = { host: ada.own.host, origin, cookie };
    expect((await ask({ headers: from })).status).toBe(403);
    expect(await refusalOf(open(from))).toBe(403);
    expect(await refusalOf(open({ host: ada.own.host, cookie }))).toBe(403);
    expect((await enter({ ...ada.own, origin }, await ticketFor(ada))).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test.each([
    ["POST", "/"],
    ["POST", "/tools/invoke"],
    ["GET", "/v1/models"],
    ["PUT", "/assets/index.js"],
    ["DELETE", "/"],
  ])("keeps %s %s outside, whatever the browser may see", async (method, path) => {
    const headers = { ...ada.own, cookie: await cookieFor(ada), authorization: "Bearer token" };
    expect((await ask({ method, path, headers })).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test("lets no service worker settle in its owner's browser", async () => {
    const headers = { host: ada.own.host, cookie: await cookieFor(ada) };
    const script = await ask({ path: "/assets/index.js", headers });
    expect(script).toMatchObject({ status: 200, text: "Control UI" });
    expect(script.headers["service-worker-allowed"]).toBeUndefined();
    asked = [];
    const settling = { ...headers, "service-worker": "script" };
    expect((await ask({ path: "/assets/index.js", headers: settling })).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test("passes no second request on in the body of the first", async () => {
    const headers = { host: ada.own.host, cookie: await cookieFor(ada) };
    const smuggled = "POST /tools/invoke HTTP/1.1\r\nhost: x\r\n\r\n";
    for (const framing of [
      { "content-length": String(smuggled.length) },
      { "transfer-encoding": "chunked" },
    ]) {
      expect((await ask({ headers: { ...headers, ...framing }, body: smuggled })).status).toBe(400);
      const handshake = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13" };
      const upgrade = { connection: "Upgrade", upgrade: "websocket", ...handshake };
      const upgrading = { ...ada.own, ...headers, ...framing, ...upgrade };
      const outgoing = request({ host: "127.0.0.1", port, headers: upgrading, agent: false });
      outgoing.end(smuggled);
      const [response] = await once(outgoing, "response");
      expect(response.statusCode).toBe(400);
    }
    expect(asked).toEqual([]);
  });

  test("forgets a link after a minute, and one that is too long at once", async () => {
    const ticket = await ticketFor(ada);
    sys.clock.advance(60_000);
    expect((await enter(ada.own, ticket)).status).toBe(401);
    expect((await enter(ada.own, "x".repeat(100_000)).catch(() => ({ status: 401 }))).status).toBe(401);
  });

  const ends: [string, (instance: Running) => Promise<unknown>][] = [
    ["the session that asked is signed out", ({ sessionId }) => endSession(sys.db, sessionId)],
    ["its owner rotates the token (A9)", ({ owner, id }) => command(owner, id, "rotate")],
    ["its owner stops it", ({ owner, id }) => command(owner, id, "stop")],
  ];
  test.each(ends)("ends as soon as %s, open connections too", async (_, end) => {
    const ticket = await ticketFor(ada);
    const cookie = await cookieFor(ada);
    const socket = open({ ...ada.own, cookie });
    await once(socket, "open");
    const closed = once(socket, "close");
    await end(ada);
    expect((await ask({ headers: { host: ada.own.host, cookie } })).status).toBe(401);
    expect((await enter(ada.own, ticket)).status).toBe(401);
    await closed;
  });
});

describe("A5: open connections", () => {
  const most = 32;
  async function opened(cookie: string): Promise<WebSocket> {
    const socket = open({ ...ada.own, cookie });
    onTestFinished(() => socket.terminate());
    await once(socket, "open");
    return socket;
  }
  /** Nobody is told whether they have access until the returned function is called. */
  function holdAnswers(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    onTestFinished(() => resolve());
    told = promise;
    lookups = [];
    return resolve;
  }

  test("are as many for an instance as the edge allows, however many cookies its owner has", async () => {
    const cookies = [await cookieFor(ada), await cookieFor(ada), await cookieFor(ada)];
    for (let number = 0; number < most; number++) await opened(cookies[number % 3] ?? "");
    for (const cookie of cookies) expect(await refusalOf(open({ ...ada.own, cookie }))).toBe(429);
    const bob = await running();
    const socket = open({ ...bob.own, cookie: await cookieFor(bob) });
    await once(socket, "open");
    socket.terminate();
  });

  test("are checked once for each cookie, and the next time when the last is through", async () => {
    const [first, second] = [await cookieFor(ada), await cookieFor(ada)];
    for (const cookie of [first, first, second]) await opened(cookie);
    const tell = holdAnswers();
    await expect.poll(() => lookups.length).toBe(1);
    // Longer than from one check to the next.
    await expect(vi.waitUntil(() => lookups.length > 1, { timeout: 2_500 })).rejects.toThrow();
    tell();
    await expect.poll(() => lookups.length).toBeGreaterThan(3);
    const values = [first, second].map((cookie) => cookie.split("=")[1]);
    expect(new Set(lookups.slice(0, 2))).toEqual(new Set(values));
    expect(lookups.slice(2, 4)).toEqual(lookups.slice(0, 2));
  });

  test("that are cut end at the instance too", async () => {
    const ends: Promise<unknown>[] = [];
    const joined = (socket: Socket) => ends.push(once(socket, "close"));
    inside.on("connection", joined);
    onTestFinished(() => void inside.off("connection", joined));
    await opened(await cookieFor(ada));
    expect(ends).toHaveLength(1);
    await command(ada.owner, ada.id, "stop");
    await Promise.all(ends);
  });

  test("that were reset before anybody knew whether they may be leave nothing behind", async () => {
    const cookie = await cookieFor(ada);
    const tell = holdAnswers();
    const upgrade = `GET / HTTP/1.1\r\nhost: ${ada.own.host}\r\norigin: ${ada.own.origin}\r\ncookie: ${cookie}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n`;
    const sockets = Array.from({ length: most }, () => connect(port, "127.0.0.1"));
    for (const socket of sockets) socket.write(upgrade);
    await expect.poll(() => lookups.length).toBe(most);
    for (const socket of sockets) socket.resetAndDestroy();
    const connections = promisify(edge.server.getConnections.bind(edge.server));
    await expect.poll(() => connections()).toBe(0);
    tell();
    await opened(cookie);
    expect(asked).toHaveLength(1);
  });
});

describe("I1: whatever an instance answers, the edge goes on serving", () => {
  /** An instance that answers everything with these bytes. */
  async function answering(bytes: string): Promise<void> {
    const hostile = createTcpServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", () => socket.end(bytes, "latin1"));
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void hostile.close());
    await once(hostile, "listening");
    target = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
  }

  test.each([
    ["HTTP/1.1 042 x\r\n\r\n", 502],
    ["HTTP/1.1 000 x\r\n\r\n", 502],
    ["HTTP/1.1 999 x\r\n\r\n", 502],
    ["HTTP/1.1 101 x\r\n\r\n", 502],
    ["HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n\u0001", 502],
    ["HTTP/1.1 200 \u0001\r\n\r\n", 200],
    ["HTTP/1.1 200 x\r\nx-odd: \u0001\r\ncontent-length: 0\r\n\r\n", 502],
    ["HTTP/1.1 200 x\r\ntransfer-encoding: gzip\r\n\r\nx", 200],
    [`HTTP/1.1 200 x\r\nx-long: ${"x".repeat(100_000)}\r\n\r\n`, 502],
    ["\u0000", 502],
  ])("%j to a request", async (bytes, status) => {
    const headers = { host: ada.own.host, cookie: await cookieFor(ada) };
    await answering(bytes);
    expect((await ask({ headers })).status).toBe(status);
    target = controlUi;
    expect(await ask({ headers })).toMatchObject({ status: 200, text: "Control UI" });
  });

  test.each([
    "HTTP/1.1 042 \u0001\r\n\r\n",
    "HTTP/1.1 101 \u0001\r\n\r\n",
    "HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: \u0001\r\n\r\n\u0001",
    "\u0000",
  ])("%j to a WebSocket", async (bytes) => {
    const headers = { ...ada.own, cookie: await cookieFor(ada) };
    await answering(bytes);
    await once(open(headers), "error");
    target = controlUi;
    const socket = open(headers);
    await once(socket, "open");
    socket.terminate();
  });
});

const command = (owner: Running["owner"], id: string, kind: "rotate" | "stop") =>
  commandInstance(sys, owner, kind, { instanceId: id, operationId: sys.random.uuid() });

async function addressOf(id: string): Promise<string> {
  return (await host.engine.inspect(id)).network?.address ?? "";
}
