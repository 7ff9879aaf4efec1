import { createServer, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Express } from "express";
import { textOf } from "./errors.ts";
import { headersOf, newNonce } from "./security-headers.ts";

/** How long a request may take to come. Nobody holds connections, or answers that depend on who asks, by sending slowly. */
const arrival = { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 5_000 };

const statuses: Record<string, number> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** What is no request, doesn't come, or expects what isn't offered reaches no app: it is answered here, with the headers of every answer. */
export function nodeServer(app: Express, options: { https: boolean }): Server {
  // Node's own check would answer without them.
  const server = createServer({ ...arrival, requireHostHeader: false }, (request, response) => {
    if (request.httpVersion === "1.1" && request.headers.host === undefined) refuse(response, 400, options);
    else app(request, response);
  });
  server.on("checkExpectation", (_request, response: ServerResponse) => refuse(response, 417, options));
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.on("request", ({ socket }, response) => answers.set(socket, response));
  server.on("clientError", ({ code = "" }: NodeJS.ErrnoException, socket) => {
    const answer = answers.get(socket);
    const isUnderWay = answer?.headersSent === true && !answer.writableFinished;
    if (!socket.writable || isUnderWay) return socket.destroy();
    return socket.end(refusal(statuses[code] ?? 400, options), () => socket.destroy());
  });
  return server;
}

function refuse(response: ServerResponse, status: number, options: { https: boolean }): void {
  const { headers, body } = partsOf(status, options);
  response.writeHead(status, headers).end(body);
}

function refusal(status: number, options: { https: boolean }): string {
  const { headers, body } = partsOf(status, options);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`;
}

function partsOf(status: number, options: { https: boolean }) {
  const body = `${textOf(status)}\n`;
  const headers = {
    ...headersOf(newNonce(), options),
    "cache-control": "no-store",
    "content-type": "text/plain; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  };
  return { headers, body };
}
