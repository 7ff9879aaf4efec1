import { z } from "zod";
import { accountProcedure, appRouterOf, provenProcedure, publicProcedure } from "../api/trpc.ts";
import { listIdentities } from "./list-identities.ts";
import { listIdentitiesOutput, listProvidersOutput, providerName, unlinkIdentityInput } from "./schema.ts";
import { unlinkIdentity } from "./unlink-identity.ts";

const nothing = z.strictObject({});

export const providersRouter = appRouterOf({
  list: publicProcedure
    .input(nothing)
    .output(listProvidersOutput)
    .query(({ ctx }) => ({
      items: providerName.options.filter((provider) => ctx.sys.identityProviders[provider]),
    })),
});

export const identitiesRouter = appRouterOf({
  list: accountProcedure
    .input(nothing)
    .output(listIdentitiesOutput)
    .query(({ ctx }) => listIdentities(ctx.sys, ctx.actor)),
  unlink: provenProcedure
    .meta({ limit: "account" })
    .input(unlinkIdentityInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await unlinkIdentity(ctx.sys, ctx.actor, input);
      return {};
    }),
});
