// Of workers that do what no worker of ours does; what ours do is tested with the server that they are asked at.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import superjson from "superjson";
import { afterAll, expect, test } from "vitest";
import { registerHost } from "../hosts/register-host.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import { connectWorkers } from "./internal-client.ts";

const sys = await createTestSystem();
const lines = 100_000;
const opened: ServerResponse[] = [];

function* log() {
  yield "event: connected\ndata: {}\n\n";
  for (let n = 0; n < lines; n++)
    yield `data: ${superjson.stringify({ at: sys.clock.now(), stream: "stdout", text: String(n) })}\n\n`;
}
const server = createServer((_, response) => {
  opened.push(response);
  response.writeHead(200, { "content-type": "text/event-stream" });
  // Whoever reads may close it.
  Readable.from(log())
    .pipe(response)
    .on("error", () => undefined);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const host = await createTestHost(sys);
const worker = startTestWorker(sys, host);
const internalUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
await registerHost({ ...worker, config: { ...worker.config, INTERNAL_URL: internalUrl } });

test("what a worker tells without end to one who doesn't read is not kept: its connection is closed", async () => {
  const { signal } = new AbortController();
  const workers = connectWorkers(sys);
  const log = workers.logs(host.secrets.hostId, sys.random.uuid(), { tail: 10, signal });
  const texts: string[] = [];
  const read = async () => {
    for await (const { text } of log) {
      texts.push(text);
      if (texts.length === 1) await expect.poll(() => opened[0]?.closed).toBe(true);
    }
  };
  await expect(read()).rejects.toMatchObject({ code: "worker.unreachable" });
  expect(texts.length).toBeLessThan(lines / 10);
  expect(texts).toEqual(texts.map((_, n) => String(n)));
  expect(opened).toHaveLength(1);
});
