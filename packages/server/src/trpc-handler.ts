import type { IncomingRequest } from "@openclaw-launch/core/api/context";
import type { AnyTRPCRouter, inferRouterContext } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import type { RequestHandler } from "express";

const maxBodyBytes = 512 * 1024;

type Answering = { responseHeaders: Headers };

/** Serves a router of core. What its procedures put into `responseHeaders`, cookies above all, goes out with the answer. */
export function trpcHandler<Router extends AnyTRPCRouter>(
  router: Router,
  createContext: (request: IncomingRequest) => Promise<inferRouterContext<Router> & Answering>,
): RequestHandler {
  return createExpressMiddleware({
    router,
    maxBodySize: maxBodyBytes,
    createContext: ({ req }) =>
      createContext({
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
