import type { System } from "@openclaw-launch/core/system";
import { createRequestHandler } from "@remix-run/express";
import type { AppLoadContext, ServerBuild } from "@remix-run/node";
import compression from "compression";
import express, { type Express, type RequestHandler } from "express";
import { handleErrors, refuse } from "./errors.ts";
import { health } from "./health.ts";
import { securityHeaders } from "./security-headers.ts";

/** What every loader learns of the request that it answers. */
export type PageRequest = {
  /** Of this answer, for inline scripts and styles. */
  nonce: string;
  /** The other end of the connection. */
  remoteAddress: string;
};

export type HttpApp = {
  sys: System;
  /** Address under which people reach this server. */
  url: string;
  /** Takes `/api/trpc`. */
  api: RequestHandler;
  /** Addresses that only this app has; hands on the rest. */
  routes?: RequestHandler;
  /** The built pages. */
  build: ServerBuild;
  /** Folder of the built browser files. */
  clientFiles: string;
  loadContext: (request: PageRequest) => AppLoadContext;
};

/** API, pages, files and health of one app; the security headers are on every answer. */
export function createHttpServer({
  sys,
  url,
  api,
  routes,
  build,
  clientFiles,
  loadContext,
}: HttpApp): Express {
  const server = express();
  server.disable("x-powered-by");
  server.use(securityHeaders({ https: url.startsWith("https:") }));
  server.use(health(sys));
  if (routes) server.use(routes);
  // Before compression, which would hold back the live streams.
  server.use("/api/trpc", api);
  server.use("/api", (_request, response) => refuse(response, 404));
  server.use(compression());
  server.use(
    "/assets",
    express.static(`${clientFiles}/assets`, { immutable: true, maxAge: "1y", fallthrough: false }),
  );
  server.use(express.static(clientFiles, { maxAge: "1h", index: false }));
  server.all(
    "*",
    createRequestHandler({
      build,
      mode: "production",
      getLoadContext: (request, response) =>
        loadContext({
          nonce: String(response.locals["nonce"]),
          remoteAddress: request.socket.remoteAddress ?? "",
        }),
    }),
  );
  server.use(handleErrors(sys));
  return server;
}
