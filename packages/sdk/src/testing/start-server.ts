import { appRouter } from "@openclaw-launch/core/api/app";
import { createAppContext, type WebSystem } from "@openclaw-launch/core/api/context";
import { listen } from "@openclaw-launch/core/testing/listen";
import { trpcHandler } from "@openclaw-launch/server/trpc-handler";
import express from "express";
import { afterAll } from "vitest";

/** The real API on a port of its own until the end of the test file; its clock is the system's. Returns its address. */
export async function startServer(sys: WebSystem): Promise<string> {
  const app = express()
    .use((_request, response, next) => {
      response.setHeader("date", sys.clock.now().toUTCString());
      next();
    })
    .use(
      "/api/trpc",
      trpcHandler(sys, appRouter, (request) => createAppContext(sys, request)),
    );
  const { url, close } = await listen(() => app);
  afterAll(close);
  return url;
}
