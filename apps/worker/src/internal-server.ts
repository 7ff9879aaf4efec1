import { timingSafeEqual } from "node:crypto";
import type { Server } from "node:http";
import { internalRouter } from "@openclaw-launch/core/api/internal";
import type { WorkerSystem } from "@openclaw-launch/core/worker";
import { createHTTPServer } from "@trpc/server/adapters/standalone";

/** The worker's API for web: live data of instances. Answers only to who shows the internal secret. */
export async function serveInternalApi(worker: WorkerSystem): Promise<Server> {
  const expected = Buffer.from(`Bearer ${worker.config.INTERNAL_SECRET}`);
  const server = createHTTPServer({
    router: internalRouter,
    maxBodySize: 64 * 1024,
    createContext: ({ req }) => {
      const shown = Buffer.from(req.headers.authorization ?? "");
      return { sys: worker, trusted: shown.length === expected.length && timingSafeEqual(shown, expected) };
    },
  });
  const { INTERNAL_HOST, INTERNAL_PORT } = worker.config;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(INTERNAL_PORT, INTERNAL_HOST, resolve);
  });
  return server;
}
