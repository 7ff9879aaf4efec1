import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { bearerHash, sha256 } from "../bearer.ts";
import { Failures } from "../failures.ts";
import { isFromThisMachine } from "../this-machine.ts";
import {
  ApiError,
  emailNotFound,
  internalError,
  invalidField,
  invalidIdempotencyKey,
  missingField,
  missingKey,
  notFound,
  stillRunning,
  tooLarge,
  tooManyRequests,
  unreadable,
  wrongKey,
} from "./api-error.ts";
import { type Email, type Mailbox, type NewEmail, newEmail } from "./mailbox.ts";
import { mailboxRoutes } from "./mailbox-routes.ts";

export type Env = { Bindings: HttpBindings };
export type ResendStatus = "409" | "429" | "500";
type ResendFailures = Failures<ResendStatus>;

export const resendFailures = (): ResendFailures =>
  new Failures({ "409": stillRunning, "429": tooManyRequests, "500": internalError });

const maxBodyBytes = 1024 * 1024;

/** Resend's API as far as the product uses it, and the mailbox that shows what came. For this machine alone. */
export function resendApp(apiKey: string, mailbox: Mailbox, failures: ResendFailures): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error, c) => {
    const refusal = error instanceof ApiError ? error : internalError();
    if (refusal !== error) console.error(error);
    return c.json(refusal.body, refusal.statusCode, refusal.headers);
  });
  for (const path of ["/resend/*", "/mailbox/*", "/mailbox.json"]) {
    app.use(path, async (c, next) => {
      if (!isFromThisMachine(c)) throw notFound();
      await next();
    });
  }
  app.use("/resend/*", bodyLimit({ maxSize: maxBodyBytes, onError: () => Promise.reject(tooLarge()) }));
  app.use("/resend/*", failures.below("/resend"));
  app.route("/resend", emailRoutes(apiKey, mailbox));
  app.route("/", mailboxRoutes(mailbox));
  return app;
}

function emailRoutes(apiKey: string, mailbox: Mailbox): Hono<Env> {
  const routes = new Hono<Env>();
  const keyHash = sha256(apiKey);
  routes.use(async (c, next) => {
    const given = bearerHash(c.req.header("Authorization"));
    if (given === null) throw missingKey();
    if (given !== keyHash) throw wrongKey();
    await next();
  });

  routes.post("/emails", async (c) => {
    const idempotencyKey = c.req.header("Idempotency-Key");
    if (idempotencyKey !== undefined && !/^.{1,256}$/.test(idempotencyKey)) throw invalidIdempotencyKey();
    return c.json({ id: mailbox.take(await readEmail(c), idempotencyKey) });
  });

  routes.get("/emails/:id", (c) => {
    const email = mailbox.find(c.req.param("id"));
    if (!email) throw emailNotFound();
    return c.json(emailView(email));
  });

  return routes;
}

async function readEmail(c: Context): Promise<NewEmail> {
  const body: unknown = await c.req.json().catch((error: unknown) => {
    throw error instanceof SyntaxError ? unreadable() : error;
  });
  const result = newEmail.safeParse(body);
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = String(issue?.path[0] ?? "body");
    const value: unknown = Object(body)[field];
    throw value === undefined || value === ""
      ? missingField(field)
      : invalidField(field, issue?.message ?? "");
  }
  const { html, text } = result.data;
  if (html === null && text === null) throw missingField("html");
  return result.data;
}

const emailView = ({ id, createdAt, ...email }: Email) => ({
  object: "email",
  id,
  ...email,
  html: email.html ?? "",
  text: email.text ?? "",
  created_at: createdAt.toISOString(),
  last_event: "delivered",
});
