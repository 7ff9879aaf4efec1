import { z } from "zod";
import { appRouterOf, destroyProcedure, manageProcedure } from "../api/trpc.ts";
import { getConfig } from "./get-config.ts";
import { getIndex } from "./get-index.ts";
import { listConfigs } from "./list-configs.ts";
import { listLeftBehind } from "./list-left-behind.ts";
import { listSlots } from "./list-slots.ts";
import { removeConfig } from "./remove-config.ts";
import { saveConfig } from "./save-config.ts";
import { saveIndex } from "./save-index.ts";
import {
  configLeftBehind,
  configRevision,
  configSummary,
  getConfigInput,
  getIndexInput,
  listConfigsInput,
  listConfigsOutput,
  removeConfigInput,
  saveConfigInput,
  slot,
  vaultIndex,
} from "./schema.ts";

const nothing = z.strictObject({});

const configsRouter = appRouterOf({
  list: manageProcedure
    .input(listConfigsInput)
    .output(listConfigsOutput)
    .query(({ ctx, input }) => listConfigs(ctx.sys, ctx.actor, input)),
  get: manageProcedure
    .input(getConfigInput)
    .output(configRevision)
    .query(({ ctx, input }) => getConfig(ctx.sys, ctx.actor, input)),
  save: manageProcedure
    .meta({ limit: "vault" })
    .input(saveConfigInput)
    .output(configSummary)
    .mutation(({ ctx, input }) => saveConfig(ctx.sys, ctx.actor, input)),
  remove: destroyProcedure
    .meta({ limit: "vault" })
    .input(removeConfigInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await removeConfig(ctx.sys, ctx.actor, input);
      return {};
    }),
});

const indexRouter = appRouterOf({
  get: manageProcedure
    .input(getIndexInput)
    .output(vaultIndex.nullable())
    .query(({ ctx, input }) => getIndex(ctx.sys, ctx.actor, input)),
  save: manageProcedure
    .meta({ limit: "vault" })
    .input(vaultIndex)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await saveIndex(ctx.sys, ctx.actor, input);
      return {};
    }),
});

export const vaultRouter = appRouterOf({
  slots: appRouterOf({
    list: manageProcedure
      .input(nothing)
      .output(z.array(slot))
      .query(({ ctx }) => listSlots(ctx.sys, ctx.actor)),
  }),
  leftBehind: manageProcedure
    .input(nothing)
    .output(z.array(configLeftBehind))
    .query(({ ctx }) => listLeftBehind(ctx.sys, ctx.actor)),
  configs: configsRouter,
  index: indexRouter,
});
