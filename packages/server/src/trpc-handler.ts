import { finished } from "node:stream/promises";
import type { IncomingRequest } from "@openclaw-launch/core/api/context";
import { knownError, maxBatchSize } from "@openclaw-launch/core/api/trpc";
import type { System } from "@openclaw-launch/core/system";
import type { AnyTRPCRouter, inferRouterContext } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import type { Request, RequestHandler } from "express";

const maxBodyBytes = 512 * 1024;

type Answering = { responseHeaders: Headers };

/** Serves a router of core. What its procedures put into `responseHeaders`, cookies above all, goes out with the answer. */
export function trpcHandler<Router extends AnyTRPCRouter>(
  sys: System,
  router: Router,
  createContext: (request: IncomingRequest) => Promise<inferRouterContext<Router> & Answering>,
): RequestHandler {
  return createExpressMiddleware({
    router,
    maxBodySize: maxBodyBytes,
    maxBatchSize,
    createContext: async ({ req }) => {
      await bodyOf(req);
      try {
        return await createContext(incomingOf(req));
      } catch (error) {
        // No procedure is reached that would do it.
        throw knownError({ ctx: { sys }, path: req.path.slice(1) }, error);
      }
    },
    responseMeta: ({ ctx }) => {
      const headers = ctx?.responseHeaders ?? new Headers();
      headers.set("cache-control", "no-store");
      return { headers };
    },
  });
}

/** What the API looks at to know who asks. */
export const incomingOf = (request: Request): IncomingRequest => ({
  method: request.method,
  headers: { get: (name) => request.get(name) ?? null },
  remoteAddress: request.socket.remoteAddress ?? "",
});

/**
 * Returns when the whole body, which tRPC collects up to its limit, has come: who asks is looked at then. A session could be revoked,
 * and the proof of its owner run out, while the rest of a request is held back. Rejects when the body never comes.
 */
async function bodyOf(request: Request): Promise<void> {
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  if (hasBody && !request.readableEnded) await finished(request, { writable: false });
}
