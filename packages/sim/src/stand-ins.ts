import { Hono } from "hono";
import type { SimConfig } from "./config.ts";
import type { Env } from "./openrouter/app.ts";
import { createOpenRouter } from "./openrouter/server.ts";
import { createResend } from "./resend/server.ts";

export type StandIn = { name: string; port: number; app: Hono<Env> };

/**
 * Everything that is stood in for: each for whom there is a key. Each on a port of its own, since instances may reach the models' and
 * must not reach the mails, which hold links that sign in.
 */
export function standIns(config: SimConfig): StandIn[] {
  const { SIM_MANAGEMENT_KEY, SIM_RESEND_KEY, SIM_DATA, SIM_PORT, SIM_MAIL_PORT } = config;
  const found: StandIn[] = [];
  if (SIM_MANAGEMENT_KEY) {
    const { app } = createOpenRouter({ managementKey: SIM_MANAGEMENT_KEY, stateFile: SIM_DATA });
    found.push({ name: "OpenRouter", port: SIM_PORT, app: withFrontDoor("OpenRouter", app) });
  }
  if (SIM_RESEND_KEY) {
    const { app } = createResend({ apiKey: SIM_RESEND_KEY });
    found.push({ name: "Resend", port: SIM_MAIL_PORT, app: withFrontDoor("Resend", app) });
  }
  return found;
}

/** Says at `/` who is stood in for, by which it is known to be well. */
function withFrontDoor(standsInFor: string, app: Hono<Env>): Hono<Env> {
  return new Hono<Env>()
    .get("/", (c) => c.json({ standsInFor }))
    .notFound((c) => c.json({ error: { code: 404, message: "Not Found" } }, 404))
    .route("/", app);
}
