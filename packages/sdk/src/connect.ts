import type { AppRouter } from "@openclaw-launch/core/api/app";
import type { maxBatchSize } from "@openclaw-launch/core/api/trpc";
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { EventSource } from "eventsource";
import superjson from "superjson";
import type { Clock } from "./adapters/clock.ts";
import { type Fetch, sessionFetch } from "./adapters/session-fetch.ts";
import type { Api } from "./api.ts";
import { sharedStreamLink } from "./shared-stream.ts";

/** Longer requests are split: proxies refuse long addresses. */
const maxUrlLength = 4000;
/** The server takes no more calls in one request. */
const maxItems: typeof maxBatchSize = 20;

export type Connection = {
  api: Api;
  /** The server's time in Unix milliseconds, to about a second: clocks of personal computers can be minutes off. */
  serverNow(): number;
};

export function connect(options: { url: string; token?: string; fetch: Fetch; clock: Clock }): Connection {
  const url = `${options.url.replace(/\/+$/, "")}/api/trpc`;
  const { clock, token } = options;
  let offset = 0;

  const session = sessionFetch(options.fetch);
  const fetch: Fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    if (token) headers.set("authorization", `Bearer ${token}`);
    const response = await session(input, { ...init, headers });
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) offset = date - clock.now();
    return response;
  };

  const api = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: sharedStreamLink(
          httpSubscriptionLink({
            url,
            transformer: superjson,
            EventSource,
            eventSourceOptions: { fetch },
          }),
          clock,
        ),
        false: httpBatchLink({
          url,
          transformer: superjson,
          fetch,
          maxURLLength: maxUrlLength,
          maxItems,
        }),
      }),
    ],
  });
  return { api, serverNow: () => clock.now() + offset };
}
