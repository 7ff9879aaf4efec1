import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import express from "express";
import { afterAll, expect, test } from "vitest";
import { nodeServer } from "./node-server.ts";
import { securityHeaders } from "./security-headers.ts";

const app = express()
  .disable("x-powered-by")
  .use(securityHeaders({ https: true }));
app.get("/", (_request, response) => void response.send("here"));
app.get("/stream", (_request, response) => void response.write("begun"));
const server = nodeServer(app, { https: true }).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (path: string, cookie = "a=b") => `GET ${path} HTTP/1.1\r\nhost: a\r\ncookie: ${cookie}\r\n\r\n`;
const tooLong = get("/", "x".repeat(20_000));

/** The whole answer, until the server closes the connection. What is sent after the first waits for an answer to that. */
async function ask(first: string, next?: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(first);
  if (next === undefined) return text(socket);
  const [begun] = await once(socket, "data");
  socket.write(next);
  return String(begun) + (await text(socket));
}

function headersIn(answer: string): Map<string, string> {
  const [head = ""] = answer.split("\r\n\r\n");
  const pairs = head
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(": ", 2));
  return new Map(pairs.map(([name = "", value = ""]) => [name.toLowerCase(), value]));
}

const withoutNonce = (value?: string) => value?.replaceAll(/'nonce-[^']+'/g, "");

test.each([
  ["cookies that are too long", 431, tooLong],
  ["what is no request", 400, "nonsense\r\n\r\n"],
  ["requests that name no host", 400, "GET / HTTP/1.1\r\n\r\n"],
  ["expectations that nobody meets", 417, "GET / HTTP/1.1\r\nhost: a\r\nexpect: x\r\n\r\n"],
])("%s are answered with the security headers of every answer", async (_, status, request) => {
  const answer = await ask(request);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  const headers = headersIn(answer);
  const usual = await fetch(`http://127.0.0.1:${port}/`);
  for (const [name, value] of usual.headers) {
    if (["connection", "content-length", "content-type", "date", "etag", "keep-alive"].includes(name))
      continue;
    // Only the nonce is another one each time.
    expect.soft(withoutNonce(headers.get(name)), name).toBe(withoutNonce(value));
  }
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
});

test("an answer that has ended is followed by the refusal", async () => {
  const answer = await ask(get("/"), tooLong);
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).toContain("HTTP/1.1 431 ");
});

test("nothing is written into an answer that is under way", async () => {
  const answer = await ask(get("/stream"), tooLong);
  expect(answer).toContain("begun");
  expect(answer).not.toContain("HTTP/1.1 431 ");
});
