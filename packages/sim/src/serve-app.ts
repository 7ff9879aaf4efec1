import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { type HttpBindings, serve } from "@hono/node-server";
import type { Hono } from "hono";

export type Served = {
  /** `http://127.0.0.1:3100` */
  origin: string;
  /** Ends open connections too. */
  close(): Promise<void>;
};

/** A free port without one. Rejects when it is taken. */
export type Address = { host?: string; port?: number };

export async function serveApp(
  app: Hono<{ Bindings: HttpBindings }>,
  { host = "127.0.0.1", port = 0 }: Address,
): Promise<Served> {
  const server = serve({ fetch: app.fetch, hostname: host, port, createServer }) as Server;
  await once(server, "listening");
  const { port: bound } = server.address() as AddressInfo;
  return {
    origin: `http://${isIPv6(host) ? `[${host}]` : host}:${bound}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
