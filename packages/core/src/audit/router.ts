import { accountProcedure, appRouterOf } from "../api/trpc.ts";
import { listEvents } from "./list-events.ts";
import { listEventsInput, listEventsOutput } from "./schema.ts";

export const auditRouter = appRouterOf({
  list: accountProcedure
    .input(listEventsInput)
    .output(listEventsOutput)
    .query(({ ctx, input }) => listEvents(ctx.sys, ctx.actor, input)),
});
