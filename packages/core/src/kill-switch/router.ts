import { z } from "zod";
import { adminProcedure, adminProvenProcedure, adminRouterOf } from "../api/trpc.ts";
import { engageSwitch } from "./engage-switch.ts";
import { listSwitches } from "./list-switches.ts";
import { releaseSwitch } from "./release-switch.ts";
import { killSwitch, listSwitchesOutput, releaseInput, switchFleetInput, switchUserInput } from "./schema.ts";

export const killSwitchRouter = adminRouterOf({
  list: adminProcedure
    .input(z.strictObject({}))
    .output(listSwitchesOutput)
    .query(({ ctx }) => listSwitches(ctx.sys, ctx.actor)),
  user: adminProvenProcedure
    .meta({ limit: "command" })
    .input(switchUserInput)
    .output(killSwitch)
    .mutation(({ ctx, input }) => engageSwitch(ctx.sys, ctx.actor, input)),
  fleet: adminProvenProcedure
    .meta({ limit: "command" })
    .input(switchFleetInput)
    .output(killSwitch)
    .mutation(({ ctx, input }) => engageSwitch(ctx.sys, ctx.actor, { ...input, userId: null })),
  release: adminProvenProcedure
    .meta({ limit: "command" })
    .input(releaseInput)
    .output(killSwitch)
    .mutation(({ ctx, input }) => releaseSwitch(ctx.sys, ctx.actor, input)),
});
