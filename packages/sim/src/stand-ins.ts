import { Hono } from "hono";
import type { SimConfig } from "./config.ts";
import type { Env } from "./openrouter/app.ts";
import { createOpenRouter } from "./openrouter/server.ts";
import { createResend } from "./resend/server.ts";

/** Everything that is stood in for, on one port: each for whom there is a key. */
export function standIns({ SIM_MANAGEMENT_KEY, SIM_RESEND_KEY, SIM_DATA }: SimConfig): Hono<Env> {
  const app = new Hono<Env>();
  const standsInFor: string[] = [];
  app.get("/", (c) => c.json({ standsInFor }));
  app.notFound((c) => c.json({ error: { code: 404, message: "Not Found" } }, 404));
  if (SIM_MANAGEMENT_KEY) {
    standsInFor.push("OpenRouter");
    app.route("/", createOpenRouter({ managementKey: SIM_MANAGEMENT_KEY, stateFile: SIM_DATA }).app);
  }
  if (SIM_RESEND_KEY) {
    standsInFor.push("Resend");
    app.route("/", createResend({ apiKey: SIM_RESEND_KEY }).app);
  }
  return app;
}
