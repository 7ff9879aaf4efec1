// The public web server: dashboard, API, live streams; sends the mails. Runs unbuilt; only the pages are built.

import { fileURLToPath } from "node:url";
import { identityProvidersOf } from "@openclaw-launch/core/adapters/identity-providers";
import { createResend } from "@openclaw-launch/core/adapters/resend";
import { startSystem } from "@openclaw-launch/core/adapters/start-system";
import { appRouter } from "@openclaw-launch/core/api/app";
import { createAppContext } from "@openclaw-launch/core/api/context";
import { connectWorkers } from "@openclaw-launch/core/api/internal-client";
import { readWebConfig } from "@openclaw-launch/core/config";
import { workJobs } from "@openclaw-launch/core/jobs/work-jobs";
import { createHttpServer } from "@openclaw-launch/server/http-server";
import { serve } from "@openclaw-launch/server/serve";
import { trpcHandler } from "@openclaw-launch/server/trpc-handler";
import type { ServerBuild } from "@remix-run/node";
import { Router } from "express";
import { sharedJobs } from "./server/jobs.ts";
import { providerRoutes } from "./server/provider-routes.ts";
import { securityTxt } from "./server/security-txt.ts";

const build: ServerBuild = await import(new URL("./build/server/index.js", import.meta.url).href);

const config = readWebConfig();
const system = await startSystem(config, { works: true });
const sys = {
  ...system,
  workers: connectWorkers(system),
  identityProviders: identityProvidersOf(config),
};
await workJobs(system.boss, { ...sys, mailer: createResend(config) }, sharedJobs);
const app = createHttpServer({
  sys,
  url: config.WEB_URL,
  api: trpcHandler(sys, appRouter, (request) => createAppContext(sys, request)),
  routes: Router().use(securityTxt(sys, config), providerRoutes(sys)),
  build,
  clientFiles: fileURLToPath(new URL("./build/client", import.meta.url)),
  loadContext: (request) => ({ sys, ...request }),
});
serve(app, sys, { host: config.WEB_HOST, port: config.WEB_PORT, url: config.WEB_URL });
