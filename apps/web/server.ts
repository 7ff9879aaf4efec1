// The public web server: dashboard, API, live streams. Runs unbuilt; only the pages are built (`npm run build`).
import { startSystem } from "@openclaw-launch/core/adapters/start-system";
import { connectWorkers } from "@openclaw-launch/core/api/internal-client";
import { readWebConfig } from "@openclaw-launch/core/config";
import type { ServerBuild } from "@remix-run/node";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { createHttpServer } from "./server/http-server.ts";

/** How long answers under way may take when the server is asked to stop. Live streams reconnect elsewhere. */
const graceMs = 500;

const build: ServerBuild = await import(new URL("./build/server/index.js", import.meta.url).href);
const clientFiles = fileURLToPath(new URL("./build/client", import.meta.url));

const config = readWebConfig();
const system = await startSystem(config, { works: false });
const sys = { ...system, workers: connectWorkers(system) };
const server = createServer(createHttpServer(sys, build, clientFiles));

server.listen(config.WEB_PORT, config.WEB_HOST, () => sys.log.info({ url: config.WEB_URL }, "the dashboard is up"));

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    server.close();
    await sys.clock.sleep(graceMs);
    server.closeAllConnections();
    await system.close();
    process.exit(0);
  });
}
