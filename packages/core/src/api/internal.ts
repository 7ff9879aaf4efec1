// What web asks of a worker, on the loopback or a private network, with the shared internal secret.
import { z } from "zod";
import { DomainError } from "../errors.ts";
import { isGreeting } from "../instances/await-first-answer.ts";
import { dashboardSession } from "../instances/chat-sessions.ts";
import { redactConfig } from "../instances/redact-config.ts";
import {
  byId,
  chatEvent,
  chatMessage,
  chatSendInput,
  chatSendOutput,
  deviceInput,
  folderSize,
  logLine,
  pairedDevice,
  pairing,
  pairingRequest,
  requestInput,
} from "../instances/schema.ts";
import { watchPairing } from "../instances/watch-pairing.ts";
import { type GatewayConnection, GatewayRefused } from "../ports.ts";
import { statsPoint } from "../stats/schema.ts";
import type { WorkerSystem } from "../worker.ts";
import { streamOf } from "./stream-of.ts";
import { internalProcedure, internalRouterOf } from "./trpc.ts";

const historyLength = 200;

export const internalRouter = internalRouterOf({
  logs: internalProcedure
    .input(byId.extend({ tail: z.int().min(0).max(2000), since: z.date().optional() }))
    .output(streamOf(logLine))
    .subscription(({ ctx, input, signal }) =>
      ctx.sys.engine.logs(input.instanceId, {
        tail: input.tail,
        ...(input.since && { since: input.since }),
        signal: signal ?? new AbortController().signal,
      }),
    ),
  stats: internalProcedure
    .input(byId.extend({ since: z.date().optional() }))
    .output(streamOf(statsPoint))
    .subscription(({ ctx, input, signal }) =>
      ctx.sys.meter.watch(input.instanceId, input.since, signal ?? new AbortController().signal),
    ),
  exportConfig: internalProcedure
    .input(byId)
    .output(z.string())
    .query(({ ctx, input }) => redactConfig(ctx.sys, input.instanceId)),
  diskUsage: internalProcedure
    .input(byId)
    .output(z.array(folderSize))
    .query(({ ctx, input }) => ctx.sys.engine.largestFolders(input.instanceId)),
  chatHistory: internalProcedure
    .input(byId)
    .output(z.array(chatMessage))
    .query(async ({ ctx, input }) => {
      const messages = await (await openChat(ctx.sys, input.instanceId)).history(
        dashboardSession,
        historyLength,
      );
      return messages.filter((message) => !isGreeting(message));
    }),
  chatSend: internalProcedure
    .input(chatSendInput)
    .output(chatSendOutput)
    .mutation(async ({ ctx, input }) =>
      (await openChat(ctx.sys, input.instanceId)).send(dashboardSession, input.text, input.messageId),
    ),
  chatEvents: internalProcedure
    .input(byId)
    .output(streamOf(chatEvent))
    .subscription(async function* ({ ctx, input, signal }) {
      const connection = await openChat(ctx.sys, input.instanceId);
      for await (const event of connection.events(signal ?? new AbortController().signal)) {
        const { sessionKey, ...rest } = event;
        if (sessionKey === dashboardSession) yield rest;
      }
    }),
  pairing: internalProcedure
    .input(byId)
    .output(pairing)
    .query(({ ctx, input }) => ask(ctx.sys, input.instanceId, (gateway) => gateway.pairing())),
  pairingChanges: internalProcedure
    .input(byId)
    .output(streamOf(pairing))
    .subscription(({ ctx, input, signal }) =>
      watchPairing(
        ctx.sys,
        () => openChat(ctx.sys, input.instanceId),
        signal ?? new AbortController().signal,
      ),
    ),
  approve: internalProcedure
    .input(requestInput)
    .output(pairingRequest)
    .mutation(({ ctx, input }) =>
      ask(ctx.sys, input.instanceId, (gateway) => gateway.approve(input.requestId)),
    ),
  reject: internalProcedure
    .input(requestInput)
    .output(pairingRequest)
    .mutation(({ ctx, input }) =>
      ask(ctx.sys, input.instanceId, (gateway) => gateway.reject(input.requestId)),
    ),
  removeDevice: internalProcedure
    .input(deviceInput)
    .output(pairedDevice)
    .mutation(({ ctx, input }) =>
      ask(ctx.sys, input.instanceId, (gateway) => gateway.removeDevice(input.deviceId)),
    ),
  gatewayLink: internalProcedure
    .input(byId.extend({ sessionId: z.uuid() }))
    .output(z.url())
    .mutation(({ ctx, input }) => ctx.sys.access.issueLink(input.instanceId, input.sessionId)),
});
export type InternalRouter = typeof internalRouter;

async function openChat(worker: WorkerSystem, instanceId: string): Promise<GatewayConnection> {
  try {
    return await worker.chats.open(instanceId);
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError("chat.unavailable", {}, { cause });
  }
}

/** What the instance's gateway says, its refusals as outcomes of the catalogue. */
async function ask<T>(
  worker: WorkerSystem,
  instanceId: string,
  question: (gateway: GatewayConnection) => Promise<T>,
): Promise<T> {
  const gateway = await openChat(worker, instanceId);
  try {
    return await question(gateway);
  } catch (cause) {
    if (!(cause instanceof GatewayRefused)) throw cause;
    throw new DomainError(cause.reason === "missing" ? "pairing.missing" : "chat.unavailable", {}, { cause });
  }
}
