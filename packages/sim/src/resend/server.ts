import type { Hono } from "hono";
import type { FailureInput } from "../failures.ts";
import { type Address, type Served, serveApp } from "../serve-app.ts";
import { type Env, type ResendStatus, resendApp, resendFailures } from "./app.ts";
import { type Email, Mailbox } from "./mailbox.ts";

export type ResendOptions = { apiKey: string; now?: () => Date };

export type ResendControls = {
  /** What came, newest first; only what came to the address, when there is one. */
  emails(recipient?: string): Email[];
  /** From now on requests fail like this. */
  fail(failure: FailureInput<ResendStatus>): void;
  /** No request is made to fail any more. */
  heal(): void;
};

export type Resend = ResendControls & {
  /** `http://127.0.0.1:3100/resend` */
  baseUrl: string;
  /** Page for people; with `.json` behind it for programs. */
  mailboxUrl: string;
  close: Served["close"];
};

/** A stand-in for Resend, to be served. */
export function createResend({ apiKey, now = () => new Date() }: ResendOptions): ResendControls & {
  app: Hono<Env>;
} {
  const mailbox = new Mailbox(now);
  const failures = resendFailures();
  return {
    app: resendApp(apiKey, mailbox, failures),
    emails: (recipient) => mailbox.list(recipient),
    fail: (failure) => failures.add(failure),
    heal: () => failures.clear(),
  };
}

/** The stand-in on a port of its own. */
export async function startResend(options: ResendOptions & Address): Promise<Resend> {
  const { app, ...controls } = createResend(options);
  const { origin, close } = await serveApp(app, options);
  return { ...controls, baseUrl: `${origin}/resend`, mailboxUrl: `${origin}/mailbox`, close };
}
