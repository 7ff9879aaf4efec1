import { z } from "zod";
import { accountProcedure, appRouterOf, provenProcedure } from "../api/trpc.ts";
import { createToken } from "./create-token.ts";
import { listTokens } from "./list-tokens.ts";
import { revokeToken } from "./revoke-token.ts";
import {
  createTokenInput,
  createTokenOutput,
  listTokensInput,
  listTokensOutput,
  revokeTokenInput,
} from "./schema.ts";

const nothing = z.strictObject({});

export const apiTokensRouter = appRouterOf({
  list: accountProcedure
    .input(listTokensInput)
    .output(listTokensOutput)
    .query(({ ctx, input }) => listTokens(ctx.sys, ctx.actor, input)),
  create: provenProcedure
    .meta({ limit: "account" })
    .input(createTokenInput)
    .output(createTokenOutput)
    .mutation(({ ctx, input }) => createToken(ctx.sys, ctx.actor, input)),
  revoke: accountProcedure
    .meta({ limit: "account" })
    .input(revokeTokenInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await revokeToken(ctx.sys, ctx.actor, input);
      return {};
    }),
});
