import { z } from "zod";
import { accountProcedure, appRouterOf, provenProcedure } from "../api/trpc.ts";
import { confirmEmailChange } from "./confirm-email-change.ts";
import { requestEmailChange } from "./request-email-change.ts";
import { mailTokenInput, requestEmailChangeInput } from "./schema.ts";
import { sendVerification } from "./send-verification.ts";
import { verifyEmail } from "./verify-email.ts";

const nothing = z.strictObject({});

export const emailRouter = appRouterOf({
  verify: accountProcedure
    .meta({ limit: "mail-link" })
    .input(mailTokenInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await verifyEmail(ctx.sys, ctx.actor, input);
      return {};
    }),
  sendVerification: accountProcedure
    .meta({ limit: "verification-mail" })
    .input(nothing)
    .output(nothing)
    .mutation(async ({ ctx }) => {
      await sendVerification(ctx.sys, ctx.actor);
      return {};
    }),
  requestChange: provenProcedure
    .meta({ limit: "verification-mail" })
    .input(requestEmailChangeInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await requestEmailChange(ctx.sys, ctx.actor, input);
      return {};
    }),
  confirmChange: accountProcedure
    .meta({ limit: "mail-link" })
    .input(mailTokenInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await confirmEmailChange(ctx.sys, ctx.actor, input);
      return {};
    }),
});
