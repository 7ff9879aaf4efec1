import { appRouterOf, manageProcedure } from "../api/trpc.ts";
import { byId, deployKeys } from "../instances/schema.ts";
import { chooseDeployKeys } from "./choose-deploy-keys.ts";

export const deployRouter = appRouterOf({
  keys: manageProcedure
    .input(byId)
    .output(deployKeys)
    .query(({ ctx, input }) => chooseDeployKeys(ctx.sys, ctx.actor, input)),
});
