import { EventEmitter } from "node:events";
import {
  createTRPCClient,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
  TRPCClientError,
} from "@trpc/client";
import { EventSource } from "eventsource";
import superjson from "superjson";
import { emittedEvents } from "../adapters/emitted-events.ts";
import { DomainError, isErrorCode } from "../errors.ts";
import type { Workers } from "../ports.ts";
import type { System } from "../system.ts";
import type { InternalRouter } from "./internal.ts";

/** Asks the worker of a host over its internal API. Addresses come from the database, the secret from the environment. */
export function connectWorkers({
  db,
  config,
}: Pick<System, "db"> & { config: { INTERNAL_SECRET: string } }): Workers {
  const clients = new Map<string, TRPCClient<InternalRouter>>();

  async function workerOf(hostId: string): Promise<TRPCClient<InternalRouter>> {
    const host = await db.host.findUnique({ where: { id: hostId }, select: { internalUrl: true } });
    if (!host) throw new DomainError("worker.unreachable");
    const client = clients.get(host.internalUrl) ?? internalClient(host.internalUrl, config.INTERNAL_SECRET);
    clients.set(host.internalUrl, client);
    return client;
  }

  return {
    logs: (hostId, instanceId, { tail, since, signal }) =>
      streamFrom(signal, async (handlers) => {
        const worker = await workerOf(hostId);
        return worker.logs.subscribe({ instanceId, tail, ...(since && { since }) }, handlers);
      }),
    stats: (hostId, instanceId, { since, signal }) =>
      streamFrom(signal, async (handlers) =>
        (await workerOf(hostId)).stats.subscribe({ instanceId, ...(since && { since }) }, handlers),
      ),
    exportConfig: async (hostId, instanceId) =>
      relay((await workerOf(hostId)).exportConfig.query({ instanceId })),
    diskUsage: async (hostId, instanceId) => relay((await workerOf(hostId)).diskUsage.query({ instanceId })),
    chatHistory: async (hostId, instanceId) =>
      relay((await workerOf(hostId)).chatHistory.query({ instanceId })),
    chatSend: async (hostId, instanceId, messageId, text) =>
      relay((await workerOf(hostId)).chatSend.mutate({ instanceId, messageId, text })),
    chatEvents: (hostId, instanceId, signal) =>
      streamFrom(signal, async (handlers) =>
        (await workerOf(hostId)).chatEvents.subscribe({ instanceId }, handlers),
      ),
    pairing: async (hostId, instanceId) => relay((await workerOf(hostId)).pairing.query({ instanceId })),
    pairingChanges: (hostId, instanceId, signal) =>
      streamFrom(signal, async (handlers) =>
        (await workerOf(hostId)).pairingChanges.subscribe({ instanceId }, handlers),
      ),
    approve: async (hostId, instanceId, requestId) =>
      relay((await workerOf(hostId)).approve.mutate({ instanceId, requestId })),
    reject: async (hostId, instanceId, requestId) =>
      relay((await workerOf(hostId)).reject.mutate({ instanceId, requestId })),
    removeDevice: async (hostId, instanceId, deviceId) =>
      relay((await workerOf(hostId)).removeDevice.mutate({ instanceId, deviceId })),
    gatewayLink: async (hostId, instanceId, sessionId) =>
      relay((await workerOf(hostId)).gatewayLink.mutate({ instanceId, sessionId })),
  };
}

function internalClient(url: string, secret: string): TRPCClient<InternalRouter> {
  const headers = { authorization: `Bearer ${secret}` };
  return createTRPCClient<InternalRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({
          url,
          transformer: superjson,
          EventSource,
          eventSourceOptions: () => ({
            fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
          }),
        }),
        false: httpLink({
          url,
          transformer: superjson,
          headers,
          fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(30_000) }),
        }),
      }),
    ],
  });
}

async function relay<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw domainErrorOf(error);
  }
}

/** The worker's own word about what is wrong, or that it can't be reached. */
function domainErrorOf(error: unknown): DomainError {
  const code: unknown = error instanceof TRPCClientError ? error.data?.code : null;
  if (isErrorCode(code) && code !== "internal") return new DomainError(code);
  return new DomainError("worker.unreachable", {}, { cause: error });
}

type Handlers<T> = {
  onData: (item: T) => void;
  onConnectionStateChange: (state: { error: unknown }) => void;
  onError: (error: unknown) => void;
  onComplete: () => void;
};

/**
 * A subscription as something to iterate over; leaving the loop or aborting the signal ends it. So does a reader who falls far behind,
 * at once: else what it doesn't read would go on coming.
 */
async function* streamFrom<T>(
  signal: AbortSignal,
  subscribe: (handlers: Handlers<T>) => Promise<{ unsubscribe: () => void }>,
): AsyncGenerator<T, void, void> {
  const emitter = new EventEmitter();
  const items = emittedEvents<T>(emitter, signal);
  let subscription: { unsubscribe: () => void } | null = null;
  const isOver = () => emitter.listenerCount("item") === 0;
  const tell = (event: "item" | "error" | "end", value?: unknown) => {
    if (!isOver()) emitter.emit(event, value);
    if (isOver()) subscription?.unsubscribe();
  };
  // Listening begins with the first read, and before anything can arrive.
  let next = items.next();
  subscription = await subscribe({
    onData: (item) => tell("item", item),
    // The link would ask for the same again by itself: what was told already came twice, what happened meanwhile not at all.
    onConnectionStateChange: ({ error }) => {
      if (error) tell("error", domainErrorOf(error));
    },
    onError: (error) => tell("error", domainErrorOf(error)),
    onComplete: () => tell("end"),
  });
  try {
    for (let item = await next; !item.done; item = await next) {
      yield item.value;
      next = items.next();
    }
  } finally {
    subscription.unsubscribe();
  }
}
