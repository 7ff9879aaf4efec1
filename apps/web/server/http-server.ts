import type { WebSystem } from "@openclaw-launch/core/api/context";
import { createRequestHandler } from "@remix-run/express";
import type { ServerBuild } from "@remix-run/node";
import compression from "compression";
import express, { type Express } from "express";
import { handleErrors, refuse } from "./errors.ts";
import { health } from "./health.ts";
import { securityHeaders } from "./security-headers.ts";
import { securityTxt } from "./security-txt.ts";
import { trpc } from "./trpc.ts";

/** `clientFiles`: folder of the built browser files. */
export function createHttpServer(sys: WebSystem, build: ServerBuild, clientFiles: string): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders({ https: sys.config.WEB_URL.startsWith("https:") }));
  app.use(health(sys));
  app.get("/.well-known/security.txt", securityTxt(sys));
  // Before compression, which would hold back the live streams.
  app.use("/api/trpc", trpc(sys));
  app.use("/api", (_request, response) => refuse(response, 404));
  app.use(compression());
  app.use("/assets", express.static(`${clientFiles}/assets`, { immutable: true, maxAge: "1y", fallthrough: false }));
  app.use(express.static(clientFiles, { maxAge: "1h", index: false }));
  app.all(
    "*",
    createRequestHandler({
      build,
      mode: "production",
      getLoadContext: (request, response) => ({
        sys,
        nonce: String(response.locals["nonce"]),
        remoteAddress: request.socket.remoteAddress ?? "",
      }),
    }),
  );
  app.use(handleErrors(sys));
  return app;
}
