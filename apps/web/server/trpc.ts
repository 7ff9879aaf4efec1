import { appRouter } from "@openclaw-launch/core/api/app";
import { createAppContext, type WebSystem } from "@openclaw-launch/core/api/context";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import type { RequestHandler } from "express";

const maxBodyBytes = 512 * 1024;

/** The API of the dashboard and the SDK. */
export function trpc(sys: WebSystem): RequestHandler {
  return createExpressMiddleware({
    router: appRouter,
    maxBodySize: maxBodyBytes,
    createContext: ({ req }) =>
      createAppContext(sys, {
        method: req.method,
        headers: { get: (name) => req.get(name) ?? null },
        remoteAddress: req.socket.remoteAddress ?? "",
      }),
    responseMeta: ({ ctx }) => {
      const headers = ctx?.responseHeaders ?? new Headers();
      headers.set("cache-control", "no-store");
      return { headers };
    },
  });
}
