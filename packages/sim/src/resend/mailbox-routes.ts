import { randomBytes } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { notFound } from "./api-error.ts";
import type { Email, Mailbox } from "./mailbox.ts";
import { mailboxPage } from "./mailbox-page.ts";

type Env = { Bindings: HttpBindings };

const pagePolicy = (nonce: string) =>
  [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "frame-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** A mail may look as it likes, run nothing, and open links in a tab of their own. */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src https: data:",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "sandbox allow-popups allow-popups-to-escape-sandbox",
].join("; ");

/** The mailbox, for people and for tests. */
export function mailboxRoutes(mailbox: Mailbox): Hono<Env> {
  const routes = new Hono<Env>();
  const existing = (c: Context): Email => {
    const email = mailbox.find(c.req.param("id") ?? "");
    if (!email) throw notFound();
    return email;
  };
  routes.use(async (c, next) => {
    c.header("Cache-Control", "no-store");
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Referrer-Policy", "no-referrer");
    c.header("Cross-Origin-Resource-Policy", "same-origin");
    await next();
  });

  const show = (c: Context, open: Email | null) => {
    const nonce = randomBytes(16).toString("base64");
    c.header("Content-Security-Policy", pagePolicy(nonce));
    return c.html(mailboxPage({ emails: mailbox.list(), open, nonce }));
  };
  routes.get("/mailbox", (c) => show(c, null));
  routes.get("/mailbox/:id", (c) => show(c, existing(c)));

  routes.get("/mailbox/:id/html", (c) => {
    c.header("Content-Security-Policy", mailPolicy);
    return c.html(openingTabs(existing(c).html ?? ""));
  });

  routes.get("/mailbox.json", (c) => c.json(mailbox.list(c.req.query("to"))));

  return routes;
}

/** Links must leave the frame, which most sites refuse to be shown in. */
function openingTabs(document: string): string {
  const base = '<base target="_blank">';
  const inHead = document.replace(/<head[^>]*>/i, (head) => head + base);
  return inHead === document ? base + document : inHead;
}
