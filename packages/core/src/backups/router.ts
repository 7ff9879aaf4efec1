import { z } from "zod";
import { appRouterOf, destroyProcedure, operateProcedure, readProcedure } from "../api/trpc.ts";
import { commandInstance } from "../instances/command-instance.ts";
import { byId, commandInput, instance } from "../instances/schema.ts";
import { listBackups } from "./list-backups.ts";
import { removeBackup } from "./remove-backup.ts";
import { restoreBackup } from "./restore-backup.ts";
import { backup, removeBackupInput, restoreInput } from "./schema.ts";

export const backupsRouter = appRouterOf({
  list: readProcedure
    .input(byId)
    .output(z.array(backup))
    .query(({ ctx, input }) => listBackups(ctx.sys, ctx.actor, input)),
  run: operateProcedure
    .meta({ limit: "command" })
    .input(commandInput)
    .output(instance)
    .mutation(({ ctx, input }) => commandInstance(ctx.sys, ctx.actor, "backup", input)),
  restore: destroyProcedure
    .meta({ limit: "command" })
    .input(restoreInput)
    .output(instance)
    .mutation(({ ctx, input }) => restoreBackup(ctx.sys, ctx.actor, input)),
  remove: destroyProcedure
    .meta({ limit: "command" })
    .input(removeBackupInput)
    .output(z.strictObject({}))
    .mutation(async ({ ctx, input }) => {
      await removeBackup(ctx.sys, ctx.actor, input);
      return {};
    }),
});
