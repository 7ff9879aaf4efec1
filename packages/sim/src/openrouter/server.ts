import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { serve } from "@hono/node-server";
import { Account } from "./account.ts";
import { openRouterApp } from "./app.ts";
import { type FailureInput, Failures } from "./failures.ts";

export type OpenRouterOptions = {
  managementKey: string;
  host?: string;
  /** A free one without it. */
  port?: number;
  /** Keeps keys and usage over a restart. */
  stateFile?: string | undefined;
  now?: () => Date;
  /** US dollars that a new account has. */
  credits?: number;
  /** Pause between the chunks of a streamed answer. */
  chunkGapMilliseconds?: number;
};

export type OpenRouter = {
  /** `http://127.0.0.1:3100/api/v1` */
  baseUrl: string;
  /** From now on requests fail like this. */
  fail(failure: FailureInput): void;
  /** No request is made to fail any more. */
  heal(): void;
  /** US dollars that the account has bought so far. */
  setCredits(total: number): void;
  /** Ends open connections too. */
  close(): Promise<void>;
};

/** Starts a stand-in for OpenRouter. Rejects when the port is taken or the state file isn't readable. */
export async function startOpenRouter({
  managementKey,
  host = "127.0.0.1",
  port = 0,
  stateFile,
  now = () => new Date(),
  credits = 1000,
  chunkGapMilliseconds = 15,
}: OpenRouterOptions): Promise<OpenRouter> {
  const account = new Account({ managementKey, now, credits, stateFile });
  const failures = new Failures();
  const app = openRouterApp(account, failures, chunkGapMilliseconds);
  const server = serve({ fetch: app.fetch, hostname: host, port, createServer }) as Server;
  await once(server, "listening");
  const { port: bound } = server.address() as AddressInfo;
  return {
    baseUrl: `http://${isIPv6(host) ? `[${host}]` : host}:${bound}/api/v1`,
    fail: (failure) => failures.add(failure),
    heal: () => failures.clear(),
    setCredits: (total) => account.setCredits(total),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
