import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { internalRouter } from "@openclaw-launch/core/api/internal";
import type { WorkerSystem } from "@openclaw-launch/core/worker";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { restoreIn, sendBackup } from "./backup-route.ts";

/** The worker's API for web, with live data of instances, and for other workers. Answers only to who shows the internal secret. */
export async function serveInternalApi(worker: WorkerSystem): Promise<Server> {
  const expected = Buffer.from(`Bearer ${worker.config.INTERNAL_SECRET}`);
  const isTrusted = ({ headers }: IncomingMessage) => {
    const shown = Buffer.from(headers.authorization ?? "");
    return shown.length === expected.length && timingSafeEqual(shown, expected);
  };
  const api = createHTTPHandler({
    router: internalRouter,
    maxBodySize: 64 * 1024,
    createContext: ({ req }) => ({ sys: worker, trusted: isTrusted(req) }),
  });
  const server = createServer((request, response) => {
    const restore = restoreIn(request);
    if (restore === undefined || !isTrusted(request)) api(request, response);
    else void sendBackup(worker, restore, response);
  });
  const { INTERNAL_HOST, INTERNAL_PORT } = worker.config;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(INTERNAL_PORT, INTERNAL_HOST, resolve);
  });
  return server;
}
