// The operators' server: pages and admin API. Runs unbuilt; only the pages are built.

import { fileURLToPath } from "node:url";
import { startSystem } from "@openclaw-launch/core/adapters/start-system";
import { adminRouter } from "@openclaw-launch/core/api/admin";
import { createAdminContext } from "@openclaw-launch/core/api/context";
import { readAdminConfig } from "@openclaw-launch/core/config";
import { createHttpServer } from "@openclaw-launch/server/http-server";
import { serve } from "@openclaw-launch/server/serve";
import { trpcHandler } from "@openclaw-launch/server/trpc-handler";
import type { ServerBuild } from "@remix-run/node";

const build: ServerBuild = await import(new URL("./build/server/index.js", import.meta.url).href);

const config = readAdminConfig();
const sys = await startSystem(config, { works: false });
const app = createHttpServer({
  sys,
  url: config.ADMIN_URL,
  api: trpcHandler(sys, adminRouter, (request) => createAdminContext(sys, request)),
  build,
  clientFiles: fileURLToPath(new URL("./build/client", import.meta.url)),
  loadContext: (request) => ({ sys, ...request }),
});
serve(app, sys, { host: config.ADMIN_HOST, port: config.ADMIN_PORT, url: config.ADMIN_URL });
