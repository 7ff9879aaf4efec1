import { z } from "zod";
import { setCookies } from "../api/set-cookies.ts";
import { appRouterOf, provenProcedure, publicProcedure } from "../api/trpc.ts";
import { question } from "../passkeys/schema.ts";
import { changePassword } from "./change-password.ts";
import { readResetLink } from "./read-reset-link.ts";
import { requestReset } from "./request-reset.ts";
import { askResetPasskey } from "./reset-link.ts";
import { resetPassword } from "./reset-password.ts";
import {
  changePasswordInput,
  mailTokenInput,
  requestResetInput,
  resetLink,
  resetPasswordInput,
  setPasswordInput,
} from "./schema.ts";
import { setPassword } from "./set-password.ts";

const nothing = z.strictObject({});

export const passwordRouter = appRouterOf({
  change: provenProcedure
    .meta({ limit: "account" })
    .input(changePasswordInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      const { cookie } = await changePassword(ctx.sys, ctx.actor, input);
      setCookies(ctx.responseHeaders, [cookie]);
      return {};
    }),
  set: provenProcedure
    .meta({ limit: "account" })
    .input(setPasswordInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await setPassword(ctx.sys, ctx.actor, input);
      return {};
    }),
  requestReset: publicProcedure
    .meta({ limit: "reset" })
    .input(requestResetInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await requestReset(ctx.sys, ctx.actor, input);
      return {};
    }),
  /** No query: those carry their input in the address. */
  readLink: publicProcedure
    .meta({ limit: "mail-link" })
    .input(mailTokenInput)
    .output(resetLink)
    .mutation(({ ctx, input }) => readResetLink(ctx.sys, ctx.actor, input)),
  askPasskey: publicProcedure
    .meta({ limit: "mail-link" })
    .input(mailTokenInput)
    .output(question)
    .mutation(({ ctx, input }) => askResetPasskey(ctx.sys, ctx.actor, input)),
  reset: publicProcedure
    .meta({ limit: "mail-link" })
    .input(resetPasswordInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await resetPassword(ctx.sys, ctx.actor, input);
      return {};
    }),
});
