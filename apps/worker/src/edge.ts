import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Duplex, finished } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { entryPath } from "@openclaw-launch/core/instances/gateway-access";
import { instanceOrigin } from "@openclaw-launch/core/provisioner/instance-files";
import type { WorkerSystem } from "@openclaw-launch/core/worker";
import { createProxyServer } from "httpxy";
import { closedPage, entryPage, pageHeaders } from "./edge-pages.ts";
import {
  cookieName,
  cookieOf,
  hasBody,
  headersInside,
  isForeign,
  pathInside,
  slugOfHost,
} from "./edge-rules.ts";

/** Access that ended elsewhere ends here within this time. */
const recheckMs = 1_000;
const answerMs = 30_000;
const longestTicket = 128;
/** In all of its owner's browsers, who has a new cookie with every link. */
const socketsPerInstance = 32;

type OpenSocket = { slug: string; cookie: string; socket: Duplex };

/**
 * The one door to what instances serve: `<slug>.<domain>` shows the Control UI of that instance and connects its WebSocket, to the
 * owner's browser with a cookie that a link of the dashboard brought. Everything else stays outside.
 */
export async function serveEdge(worker: WorkerSystem): Promise<{ server: Server; close(): Promise<void> }> {
  const { BOTS_DOMAIN, TRUSTED_PROXIES, EDGE_HOST, EDGE_PORT } = worker.config;
  const proxy = createProxyServer({ proxyTimeout: answerMs, upgradeTimeout: answerMs });
  proxy.on("proxyReq", (outgoing, _request, response) => {
    // Nobody asked for it: without somebody to take it the request would wait for ever.
    outgoing.once("upgrade", (_answer, socket) => {
      socket.destroy();
      response.writeHead(502).end();
    });
  });
  // A side that is cut or reset never ends: joined as they are, the other one would stay open for ever.
  proxy.on("proxyReqWs", (outgoing, _request, near) => {
    outgoing.once("upgrade", (_answer, far) => void finished(near, () => far.destroy()));
  });
  proxy.on("proxyRes", (answer) => {
    for (const name of [...keptInside, ...Object.keys(always)]) delete answer.headers[name];
    // Where these are copied nobody catches what Node throws at a line that it would not write.
    const { statusCode = 0 } = answer;
    if (statusCode < 200 || statusCode > 599) answer.statusCode = 502;
    answer.statusMessage = "";
  });
  proxy.on("error", (error, _request, response) => {
    worker.log.debug({ err: error }, "an instance did not answer at the edge");
    if (response && "writeHead" in response && !response.headersSent) response.writeHead(502).end();
    else response?.destroy();
  });
  const open = new Set<OpenSocket>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeaders(new Map(Object.entries(always)));
    const slug = slugOfHost(request.headers.host, BOTS_DOMAIN);
    if (!slug) return say(response, 404);
    if (isForeign(request.headers, instanceOrigin(slug, worker.config))) return say(response, 403);
    // It would go on answering in its owner's browser, tickets included, whatever becomes of the instance.
    if (request.headers["service-worker"] !== undefined) return say(response, 403);
    if (request.url === entryPath) return enter(slug, request, response);
    if (request.method !== "GET" && request.method !== "HEAD") return say(response, 403);
    if (hasBody(request.headers)) return say(response, 400);
    const isNavigation = request.headers["sec-fetch-mode"] === "navigate";
    const path = pathInside(request.url, isNavigation);
    if (path === null) return say(response, 403);
    const found = await access(slug, request);
    if (!found) return isNavigation ? show(response, 401, closedPage) : say(response, 401);
    await proxy.web(inside(request, path), response, found);
  }

  async function enter(slug: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET") return show(response, 200, entryPage);
    if (request.method !== "POST" || request.headers.origin === undefined) return say(response, 403);
    const ticket = await bodyOf(request);
    const entry = ticket === null ? null : await worker.access.redeem(slug, ticket);
    if (!entry) return say(response, 401);
    response
      .writeHead(200, {
        ...safely,
        "content-type": "text/plain; charset=utf-8",
        "set-cookie": `${cookieName}=${entry.cookie}; Path=/; Secure; HttpOnly; SameSite=Strict`,
      })
      .end(entry.token);
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const slug = slugOfHost(request.headers.host, BOTS_DOMAIN);
    const cookie = cookieOf(request.headers);
    const own = slug !== null && request.headers.origin === instanceOrigin(slug, worker.config);
    if (hasBody(request.headers)) return refuse(socket, 400);
    if (!slug || !own || request.headers.upgrade?.toLowerCase() !== "websocket") return refuse(socket, 403);
    const found = await access(slug, request);
    // Its "close" is over: nobody would take it out again.
    if (socket.destroyed) return;
    if (!found || !cookie) return refuse(socket, 401);
    if ([...open].filter((other) => other.slug === slug).length >= socketsPerInstance)
      return refuse(socket, 429);
    const entry: OpenSocket = { slug, cookie, socket };
    open.add(entry);
    socket.once("close", () => open.delete(entry));
    const asked = inside(request, "/");
    asked.headers = { ...asked.headers, connection: "Upgrade", upgrade: "websocket" };
    await proxy.ws(asked, socket as Socket, found, head);
  }

  async function access(slug: string, { headers }: IncomingMessage): Promise<{ target: string } | null> {
    const cookie = cookieOf(headers);
    return cookie === null ? null : worker.access.find(slug, cookie);
  }

  /** The request as the instance gets it. */
  function inside(request: IncomingMessage, path: string): IncomingMessage {
    const proto = instanceOrigin("", worker.config).startsWith("https:") ? "https" : "http";
    const remoteAddress = request.socket.remoteAddress ?? "";
    request.headers = headersInside(request.headers, { remoteAddress, proxies: TRUSTED_PROXIES, proto });
    request.url = path;
    return request;
  }

  /** Cuts the connections of those who have no access any more: signed out, another token, stopped. */
  async function recheck(): Promise<void> {
    const visits = new Map([...open].map((visit) => [`${visit.slug} ${visit.cookie}`, visit]));
    for (const { slug, cookie } of visits.values()) {
      if (await mayStay(slug, cookie)) continue;
      for (const other of open) if (other.slug === slug && other.cookie === cookie) other.socket.destroy();
    }
  }

  /** Whose access can't be checked has none. */
  async function mayStay(slug: string, cookie: string): Promise<boolean> {
    try {
      return (await worker.access.find(slug, cookie)) !== null;
    } catch (error) {
      worker.log.error({ err: error }, "access at the edge could not be checked: its connections are cut");
      return false;
    }
  }

  /** One after the other, however long each takes. */
  async function recheckUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await recheck();
      await delay(recheckMs, undefined, { signal }).catch(() => undefined);
    }
  }

  const server = createServer({ headersTimeout: 10_000, requestTimeout: answerMs }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      worker.log.error({ err: error }, "a request at the edge failed");
      if (!response.headersSent) say(response, 500);
      else response.destroy();
    });
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => {
      worker.log.error({ err: error }, "a connection at the edge failed");
      socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(EDGE_PORT, EDGE_HOST, resolve);
  });
  const stop = new AbortController();
  void recheckUntil(stop.signal);

  return {
    server,
    close: async () => {
      stop.abort();
      for (const { socket } of open) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Cookies and service workers would come back to a door that passes none on; the others are about the connection that they came on. */
const keptInside = [
  "set-cookie",
  "service-worker-allowed",
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** On every answer, whatever an instance says. Browsers heed the one about TLS only where there is TLS. */
const always = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), display-capture=(), geolocation=(), midi=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** On our own answers. */
const safely = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

const say = (response: ServerResponse, status: number) => void response.writeHead(status, safely).end();

const show = (response: ServerResponse, status: number, html: string) =>
  void response.writeHead(status, { ...safely, ...pageHeaders }).end(html);

const refuse = (socket: Duplex, status: number) =>
  void socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);

/** Null: longer than any ticket. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  let body = "";
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > longestTicket) return null;
  }
  return body;
}
