import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { duplexPair } from "node:stream";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AllowedHost } from "./allowed-hosts.ts";
import { type EgressClient, type EgressOptions, type Refusal, startEgress } from "./egress.ts";

const instanceId = "7b0a1c52-6f0e-4a0b-9d53-0f6d2b1c9e11";
const closing: (() => Promise<unknown>)[] = [];
let refusals: Refusal[];
let target: Server;
let targetPort: number;

beforeEach(async () => {
  refusals = [];
  target = createServer((incoming, response) => void response.end(`reached as ${incoming.headers.host}`));
  targetPort = await listen(target);
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The port of a proxy to which this process is an instance that may reach these hosts. */
async function open(allowed: AllowedHost[], replace: Partial<EgressOptions> = {}): Promise<number> {
  const probe = createServer();
  const port = await listen(probe);
  await new Promise((resolve) => probe.close(resolve));
  const client: EgressClient = { instanceId, allowed };
  const egress = await startEgress({
    port,
    subnets: "127.0.0.0/29",
    instanceAt: async () => client,
    onRefused: (refusal) => void refusals.push(refusal),
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    ...replace,
  });
  closing.push(egress.close);
  return port;
}

const named = (host: string, changes: Partial<AllowedHost> = {}): AllowedHost => ({
  host,
  port: targetPort,
  tls: false,
  private: true,
  ...changes,
});

async function get(port: number, path: string): Promise<{ status: number | undefined; body: string }> {
  const outgoing = request({
    host: "127.0.0.1",
    port,
    path,
    headers: { host: new URL(path).host },
    agent: false,
  }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

/** Status of the CONNECT, and what the tunnel answers to a GET. */
async function tunnel(
  port: number,
  authority: string,
): Promise<{ status: number | undefined; body: string }> {
  const outgoing = request({
    host: "127.0.0.1",
    port,
    method: "CONNECT",
    path: authority,
    agent: false,
  }).end();
  const [response, socket] = (await once(outgoing, "connect")) as [
    IncomingMessage,
    ReturnType<typeof connect>,
  ];
  if (response.statusCode !== 200) {
    socket.destroy();
    return { status: response.statusCode, body: "" };
  }
  socket.write("GET / HTTP/1.1\r\nHost: inside\r\nConnection: close\r\n\r\n");
  return { status: 200, body: await text(socket) };
}

/** A tunnel to models.test */
async function tunnelThrough(port: number): Promise<Socket> {
  const outgoing = request({
    host: "127.0.0.1",
    port,
    method: "CONNECT",
    path: `models.test:${targetPort}`,
    agent: false,
  }).end();
  const [, socket] = (await once(outgoing, "connect")) as [IncomingMessage, Socket];
  return socket;
}

/** Greets through a tunnel to models.test as a client of `servername` does; returns when the tunnel closed on this side. */
async function greet(port: number, servername: string): Promise<void> {
  const socket = await tunnelThrough(port);
  const secure = connectTls({ socket, servername });
  secure.on("error", () => undefined); // nobody there speaks TLS
  await once(socket, "close");
}

async function greetingOf(servername: string): Promise<Buffer> {
  const [near, far] = duplexPair();
  connectTls({ socket: near, servername }).on("error", () => undefined);
  const [greeting] = (await once(far, "data")) as [Buffer];
  near.destroy();
  return greeting;
}

/** RFC 8446: the extensions come last in a greeting, so that only the lengths before them change. */
function withExtension(greeting: Buffer, id: number, data: Buffer): Buffer {
  const session = 5 + 4 + 2 + 32;
  const ciphers = session + 1 + greeting.readUInt8(session);
  const compression = ciphers + 2 + greeting.readUInt16BE(ciphers);
  const extensions = compression + 1 + greeting.readUInt8(compression);
  const header = Buffer.alloc(4);
  header.writeUInt16BE(id);
  header.writeUInt16BE(data.length, 2);
  const more = header.length + data.length;
  const longer = Buffer.concat([greeting, header, data]);
  longer.writeUInt16BE(greeting.readUInt16BE(3) + more, 3);
  longer.writeUIntBE(greeting.readUIntBE(6, 3) + more, 6, 3);
  longer.writeUInt16BE(greeting.readUInt16BE(extensions) + more, extensions);
  return longer;
}

describe("I3: egress", () => {
  test("a TLS destination is reached by who names it in the greeting, and by nobody else", async () => {
    const greetings: Buffer[] = [];
    target.on("clientError", ({ rawPacket }: Error & { rawPacket: Buffer }, socket) => {
      greetings.push(rawPacket);
      socket.destroy();
    });
    const port = await open([named("models.test", { tls: true })]);
    await greet(port, "Models.test");
    expect(greetings.map((greeting) => greeting.includes("Models.test"))).toEqual([true]);
    expect(refusals).toEqual([]);

    let connections = 0;
    target.on("connection", () => (connections += 1));
    await greet(port, "other.test");
    await greet(port, "");
    const other = { instanceId, target: `models.test:${targetPort}`, reason: "other-name" };
    expect(refusals).toEqual([other, other]);
    expect((await tunnel(port, `models.test:${targetPort}`)).body).toBe("");
    expect(refusals).toHaveLength(3);
    expect((await get(port, `http://models.test:${targetPort}/`)).status).toBe(403);
    expect(connections).toBe(0);
  });

  test("a greeting that may hide another name behind the right one is refused", async () => {
    let connections = 0;
    target.on("connection", (socket) => {
      connections += 1;
      socket.destroy();
    });
    const port = await open([named("models.test", { tls: true })]);
    const send = async (greeting: Buffer) => {
      const socket = await tunnelThrough(port);
      socket.write(greeting);
      await once(socket, "close");
    };
    const greeting = await greetingOf("models.test");
    await send(withExtension(greeting, 0x1234, Buffer.alloc(200)));
    expect([connections, refusals]).toEqual([1, []]);

    await send(withExtension(greeting, 0xfe0d, Buffer.alloc(200)));
    expect(connections).toBe(1);
    expect(refusals).toEqual([{ instanceId, target: `models.test:${targetPort}`, reason: "other-name" }]);
  });

  test("an allowed host is reached, by tunnel and by plain HTTP", async () => {
    const port = await open([named("models.test")]);
    expect((await tunnel(port, `models.test:${targetPort}`)).body).toContain("reached as inside");
    expect(await get(port, `http://models.test:${targetPort}/v1`)).toEqual({
      status: 200,
      body: `reached as models.test:${targetPort}`,
    });
    expect(refusals).toEqual([]);
  });

  test("any other host, port or address is refused, and counted to the instance", async () => {
    const port = await open([named("models.test")]);
    for (const authority of [
      `other.test:${targetPort}`,
      "models.test:22",
      `127.0.0.1:${targetPort}`,
      `[::1]:${targetPort}`,
      "169.254.169.254:80",
    ]) {
      expect((await tunnel(port, authority)).status).toBe(403);
    }
    expect((await get(port, `http://other.test:${targetPort}/`)).status).toBe(403);
    expect(refusals).toHaveLength(6);
    expect(refusals[0]).toEqual({ instanceId, target: `other.test:${targetPort}`, reason: "not-allowed" });
  });

  test.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.20.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "fe80::1",
    "fd00::1",
    "2002:7f00:1::",
    "64:ff9b::a00:1",
  ])("a public name that leads to %s is refused", async (address) => {
    const resolve = async () => [
      { address: "8.8.8.8", family: 4 },
      { address, family: address.includes(":") ? 6 : 4 },
    ];
    const port = await open([named("rebound.test", { private: false })], { resolve });
    expect((await tunnel(port, `rebound.test:${targetPort}`)).status).toBe(403);
    expect(refusals).toEqual([
      { instanceId, target: `rebound.test:${targetPort}`, reason: "private-address" },
    ]);
  });

  test("the name is resolved once: what was checked is what is connected to", async () => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? "127.0.0.1" : "192.0.2.1", family: 4 }];
    };
    const port = await open([named("models.test")], { resolve });
    expect((await tunnel(port, `models.test:${targetPort}`)).body).toContain("reached");
    expect(asked).toBe(1);
  });

  test("a name that instances see leads to the host behind it", async () => {
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return [{ address: "127.0.0.1", family: 4 }];
    };
    const port = await open([named("models.test", { resolvesAs: "real.test" })], { resolve });
    expect((await get(port, `http://models.test:${targetPort}/`)).status).toBe(200);
    expect(asked).toEqual(["real.test"]);
  });

  test("a name without an address is a bad gateway, and no refusal", async () => {
    const resolve = () => Promise.reject(new Error("ENOTFOUND"));
    const port = await open([named("models.test")], { resolve });
    expect((await tunnel(port, `models.test:${targetPort}`)).status).toBe(502);
    expect(refusals).toEqual([]);
  });

  test("an address of the range at which no instance lives is refused", async () => {
    const port = await open([named("models.test")], { instanceAt: async () => null });
    expect((await tunnel(port, `models.test:${targetPort}`)).status).toBe(403);
    expect(refusals).toEqual([
      { instanceId: null, target: `models.test:${targetPort}`, reason: "not-an-instance" },
    ]);
  });

  test("a connection from outside of the range is closed unread", async () => {
    const port = await open([named("models.test")], { subnets: "198.51.100.0/24" });
    const socket = connect(port, "127.0.0.1");
    socket.write(`CONNECT models.test:${targetPort} HTTP/1.1\r\n\r\n`);
    expect(await text(socket).catch(() => "")).toBe("");
  });

  test("one instance holds 128 connections at most", async () => {
    const port = await open([named("models.test")]);
    const sockets = await Promise.all(
      Array.from({ length: 128 }, async () => {
        const socket = connect(port, "127.0.0.1");
        await once(socket, "connect");
        return socket;
      }),
    );
    await expect(get(port, `http://models.test:${targetPort}/`)).rejects.toThrow();
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(async () => (await get(port, `http://models.test:${targetPort}/`).catch(() => null))?.status)
      .toBe(200);
  });
});
