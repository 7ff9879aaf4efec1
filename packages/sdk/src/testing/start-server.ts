import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { appRouter } from "@openclaw-launch/core/api/app";
import { createAppContext, type WebSystem } from "@openclaw-launch/core/api/context";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { afterAll } from "vitest";

/** The real API on a port of its own until the end of the test file; its clock is the system's. Returns its address. */
export async function startServer(sys: WebSystem): Promise<string> {
  const handle = createHTTPHandler({
    router: appRouter,
    basePath: "/api/trpc/",
    maxBatchSize: 20,
    createContext: ({ req }) =>
      createAppContext(sys, {
        method: req.method ?? "",
        headers: new Headers(Object.entries(req.headers).map(([name, value]) => [name, String(value)])),
        remoteAddress: req.socket.remoteAddress ?? "",
      }),
    responseMeta: ({ ctx }) => (ctx ? { headers: ctx.responseHeaders } : {}),
  });
  const server = createServer((request, response) => {
    response.setHeader("date", sys.clock.now().toUTCString());
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
