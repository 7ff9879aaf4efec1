import type { Hono } from "hono";
import type { FailureInput } from "../failures.ts";
import { type Address, type Served, serveApp } from "../serve-app.ts";
import { Account } from "./account.ts";
import { type Env, type OpenRouterStatus, openRouterApp, openRouterFailures } from "./app.ts";

export type OpenRouterOptions = {
  managementKey: string;
  /** Keeps keys and usage over a restart. */
  stateFile?: string | undefined;
  now?: () => Date;
  /** US dollars that a new account has. */
  credits?: number;
  /** Pause between the chunks of a streamed answer. */
  chunkGapMilliseconds?: number;
};

export type OpenRouterControls = {
  /** From now on requests fail like this. */
  fail(failure: FailureInput<OpenRouterStatus>): void;
  /** No request is made to fail any more. */
  heal(): void;
  /** US dollars that the account has bought so far. */
  setCredits(total: number): void;
};

export type OpenRouter = OpenRouterControls & {
  /** `http://127.0.0.1:3100/api/v1` */
  baseUrl: string;
  close: Served["close"];
};

/** A stand-in for OpenRouter, to be served. Throws when the state file isn't readable. */
export function createOpenRouter({
  managementKey,
  stateFile,
  now = () => new Date(),
  credits = 1000,
  chunkGapMilliseconds = 15,
}: OpenRouterOptions): OpenRouterControls & { app: Hono<Env> } {
  const account = new Account({ managementKey, now, credits, stateFile });
  const failures = openRouterFailures();
  return {
    app: openRouterApp(account, failures, chunkGapMilliseconds),
    fail: (failure) => failures.add(failure),
    heal: () => failures.clear(),
    setCredits: (total) => account.setCredits(total),
  };
}

/** The stand-in on a port of its own. */
export async function startOpenRouter(options: OpenRouterOptions & Address): Promise<OpenRouter> {
  const { app, ...controls } = createOpenRouter(options);
  const { origin, close } = await serveApp(app, options);
  return { ...controls, baseUrl: `${origin}/api/v1`, close };
}
