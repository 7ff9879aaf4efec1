import { tracked } from "@trpc/server";
import { z } from "zod";
import { streamOf, trackedStreamOf } from "../api/stream-of.ts";
import {
  appRouterOf,
  destroyProcedure,
  manageProcedure,
  operateProcedure,
  provenProcedure,
  readProcedure,
} from "../api/trpc.ts";
import { backupsRouter } from "../backups/router.ts";
import type { OperationKind } from "../generated/prisma/enums.ts";
import { listHistory } from "../stats/list-history.ts";
import { historyInput, statsHistory, statsInput, statsPoint } from "../stats/schema.ts";
import { commandInstance } from "./command-instance.ts";
import { createInstance } from "./create-instance.ts";
import { decidePairing } from "./decide-pairing.ts";
import { deployInstance } from "./deploy-instance.ts";
import { exportConfig } from "./export-config.ts";
import { getInstance } from "./get-instance.ts";
import { listInstances } from "./list-instances.ts";
import { listRefusedConnections } from "./list-refused-connections.ts";
import { hostOf, runningHost } from "./locate-host.ts";
import { offeredModels } from "./models.ts";
import { openGateway } from "./open-gateway.ts";
import { renameInstance } from "./rename-instance.ts";
import { revokeDevice } from "./revoke-device.ts";
import {
  byId,
  chatEvent,
  chatMessage,
  chatSendInput,
  chatSendOutput,
  commandInput,
  createInput,
  deployInput,
  deviceInput,
  folderSize,
  instance,
  listInput,
  listOutput,
  logLine,
  logsInput,
  modelsOutput,
  pairedDevice,
  pairing,
  pairingRequest,
  refusedConnection,
  renameInput,
  requestInput,
  rotateInput,
} from "./schema.ts";
import { watchInstance, watchInstances } from "./watch-instances.ts";

const nothing = z.strictObject({});

const command = (kind: Exclude<OperationKind, "deploy" | "rotate" | "backup" | "restore">) =>
  (kind === "remove" ? destroyProcedure : operateProcedure)
    .meta({ limit: "command" })
    .input(commandInput)
    .output(instance)
    .mutation(({ ctx, input }) => commandInstance(ctx.sys, ctx.actor, kind, input));

const chatRouter = appRouterOf({
  history: readProcedure
    .input(byId)
    .output(z.array(chatMessage))
    .query(async ({ ctx, input }) =>
      ctx.sys.workers.chatHistory(await runningHost(ctx.sys, ctx.actor, input.instanceId), input.instanceId),
    ),
  send: operateProcedure
    .meta({ limit: "chat" })
    .input(chatSendInput)
    .output(chatSendOutput)
    .mutation(async ({ ctx, input: { instanceId, messageId, text } }) =>
      ctx.sys.workers.chatSend(
        await runningHost(ctx.sys, ctx.actor, instanceId),
        instanceId,
        messageId,
        text,
      ),
    ),
  events: readProcedure
    .input(byId)
    .output(streamOf(chatEvent))
    .subscription(async function* ({ ctx, input, signal }) {
      const hostId = await runningHost(ctx.sys, ctx.actor, input.instanceId);
      yield* ctx.sys.workers.chatEvents(hostId, input.instanceId, signal ?? new AbortController().signal);
    }),
});

const decision = (wish: "approve" | "reject") =>
  manageProcedure
    .meta({ limit: "command" })
    .input(requestInput)
    .output(pairingRequest)
    .mutation(({ ctx, input }) => decidePairing(ctx.sys, ctx.actor, wish, input));

const pairingRouter = appRouterOf({
  list: readProcedure
    .input(byId)
    .output(pairing)
    .query(async ({ ctx, input }) =>
      ctx.sys.workers.pairing(await runningHost(ctx.sys, ctx.actor, input.instanceId), input.instanceId),
    ),
  changes: readProcedure
    .input(byId)
    .output(streamOf(pairing))
    .subscription(async function* ({ ctx, input, signal }) {
      const hostId = await runningHost(ctx.sys, ctx.actor, input.instanceId);
      yield* ctx.sys.workers.pairingChanges(hostId, input.instanceId, signal ?? new AbortController().signal);
    }),
  approve: decision("approve"),
  reject: decision("reject"),
  revoke: manageProcedure
    .meta({ limit: "command" })
    .input(deviceInput)
    .output(pairedDevice)
    .mutation(({ ctx, input }) => revokeDevice(ctx.sys, ctx.actor, input)),
});

export const instancesRouter = appRouterOf({
  models: readProcedure
    .input(nothing)
    .output(modelsOutput)
    .query(({ ctx }) => offeredModels(ctx.sys.config.OPENROUTER_BASE_URL)),
  list: readProcedure
    .input(listInput)
    .output(listOutput)
    .query(({ ctx, input }) => listInstances(ctx.sys, ctx.actor, input)),
  get: readProcedure
    .input(byId)
    .output(instance)
    .query(({ ctx, input }) => getInstance(ctx.sys, ctx.actor, input)),
  create: manageProcedure
    .meta({ limit: "create" })
    .input(createInput)
    .output(instance)
    .mutation(({ ctx, input }) => createInstance(ctx.sys, ctx.actor, input)),
  rename: manageProcedure
    .meta({ limit: "command" })
    .input(renameInput)
    .output(instance)
    .mutation(({ ctx, input }) => renameInstance(ctx.sys, ctx.actor, input)),
  deploy: manageProcedure
    .meta({ limit: "deploy" })
    .input(deployInput)
    .output(instance)
    .mutation(({ ctx, input }) => deployInstance(ctx.sys, ctx.actor, input)),
  start: command("start"),
  stop: command("stop"),
  restart: command("restart"),
  kill: command("kill"),
  remove: command("remove"),
  upgrade: command("upgrade"),
  openGateway: provenProcedure
    .meta({ limit: "command" })
    .input(byId)
    .output(z.strictObject({ url: z.url() }))
    .mutation(({ ctx, input }) => openGateway(ctx.sys, ctx.actor, input)),
  rotateGatewayToken: destroyProcedure
    .meta({ limit: "command" })
    .input(rotateInput)
    .output(instance)
    .mutation(({ ctx, input: { revokeDevices, ...wish } }) =>
      commandInstance(ctx.sys, ctx.actor, "rotate", wish, { revokesDevices: revokeDevices }),
    ),
  events: readProcedure
    .input(byId)
    .output(streamOf(instance))
    .subscription(({ ctx, input, signal }) =>
      watchInstance(ctx.sys, ctx.actor, input, signal ?? new AbortController().signal),
    ),
  changes: readProcedure
    .input(nothing)
    .output(streamOf(instance))
    .subscription(({ ctx, signal }) =>
      watchInstances(ctx.sys, ctx.actor, signal ?? new AbortController().signal),
    ),
  logs: readProcedure
    .input(logsInput)
    .output(trackedStreamOf(logLine))
    .subscription(async function* ({ ctx, input, signal }) {
      const hostId = await hostOf(ctx.sys, ctx.actor, input.instanceId);
      const lines = ctx.sys.workers.logs(hostId, input.instanceId, {
        tail: input.lastEventId ? 2000 : input.tail,
        ...(input.lastEventId && { since: new Date(Number(input.lastEventId) + 1) }),
        signal: signal ?? new AbortController().signal,
      });
      for await (const line of lines) yield tracked(String(line.at.getTime()), line);
    }),
  stats: readProcedure
    .input(statsInput)
    .output(trackedStreamOf(statsPoint))
    .subscription(async function* ({ ctx, input, signal }) {
      const hostId = await hostOf(ctx.sys, ctx.actor, input.instanceId);
      const points = ctx.sys.workers.stats(hostId, input.instanceId, {
        ...(input.lastEventId && { since: new Date(Number(input.lastEventId)) }),
        signal: signal ?? new AbortController().signal,
      });
      for await (const point of points) yield tracked(String(point.at.getTime()), point);
    }),
  statsHistory: readProcedure
    .input(historyInput)
    .output(statsHistory)
    .query(({ ctx, input }) => listHistory(ctx.sys, ctx.actor, input)),
  exportConfig: destroyProcedure
    .meta({ limit: "command" })
    .input(byId)
    .output(z.strictObject({ content: z.string() }))
    // It leaves a trace in the audit log.
    .mutation(async ({ ctx, input }) => ({ content: await exportConfig(ctx.sys, ctx.actor, input) })),
  diskUsage: readProcedure
    .meta({ limit: "measure" })
    .input(byId)
    .output(z.array(folderSize))
    .query(async ({ ctx, input }) =>
      ctx.sys.workers.diskUsage(await hostOf(ctx.sys, ctx.actor, input.instanceId), input.instanceId),
    ),
  refusedConnections: readProcedure
    .input(byId)
    .output(z.array(refusedConnection))
    .query(({ ctx, input }) => listRefusedConnections(ctx.sys, ctx.actor, input)),
  backups: backupsRouter,
  chat: chatRouter,
  pairing: pairingRouter,
});
