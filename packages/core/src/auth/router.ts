import { z } from "zod";
import { setCookies } from "../api/set-cookies.ts";
import {
  accountProcedure,
  appRouterOf,
  halfProcedure,
  provenProcedure,
  publicProcedure,
  readProcedure,
} from "../api/trpc.ts";
import { passkeysRouter } from "../passkeys/router.ts";
import { beginTotp } from "./begin-totp.ts";
import { confirmTotp } from "./confirm-totp.ts";
import { disableTotp } from "./disable-totp.ts";
import { emailRouter } from "./email-router.ts";
import { getMe } from "./get-me.ts";
import { getProtection } from "./get-protection.ts";
import { identitiesRouter, providersRouter } from "./identities-router.ts";
import { listSessions } from "./list-sessions.ts";
import { logIn } from "./log-in.ts";
import { logOut } from "./log-out.ts";
import { passwordRouter } from "./password-router.ts";
import { registerAccount } from "./register-account.ts";
import { replaceRecoveryCodes } from "./replace-recovery-codes.ts";
import { revokeSessions } from "./revoke-sessions.ts";
import {
  beginTotpOutput,
  confirmTotpInput,
  listSessionsOutput,
  loginInput,
  me,
  preloginInput,
  preloginOutput,
  protection,
  recoveryCodes,
  registerInput,
  revokeSessionInput,
  revokeSessionOutput,
  signedIn,
  stepUpInput,
  verifySecondFactorInput,
} from "./schema.ts";
import { startLogin } from "./start-login.ts";
import { stepUp } from "./step-up.ts";
import { verifySecondFactor } from "./verify-second-factor.ts";

const nothing = z.strictObject({});

const totpRouter = appRouterOf({
  begin: provenProcedure
    .meta({ limit: "account" })
    .input(nothing)
    .output(beginTotpOutput)
    .mutation(({ ctx }) => beginTotp(ctx.sys, ctx.actor)),
  confirm: provenProcedure
    .meta({ limit: "account" })
    .input(confirmTotpInput)
    .output(recoveryCodes)
    .mutation(({ ctx, input }) => confirmTotp(ctx.sys, ctx.actor, input)),
  disable: provenProcedure
    .meta({ limit: "account" })
    .input(nothing)
    .output(nothing)
    .mutation(async ({ ctx }) => {
      await disableTotp(ctx.sys, ctx.actor);
      return {};
    }),
});

const sessionsRouter = appRouterOf({
  list: accountProcedure
    .input(nothing)
    .output(listSessionsOutput)
    .query(({ ctx }) => listSessions(ctx.sys, ctx.actor)),
  revoke: accountProcedure
    .meta({ limit: "account" })
    .input(revokeSessionInput)
    .output(revokeSessionOutput)
    .mutation(({ ctx, input }) => revokeSessions(ctx.sys, ctx.actor, input)),
});

export const authRouter = appRouterOf({
  prelogin: publicProcedure
    .meta({ limit: "prelogin" })
    .input(preloginInput)
    .output(preloginOutput)
    .query(({ ctx, input }) => startLogin(ctx.sys, input)),
  register: publicProcedure
    .meta({ limit: "register", computes: true })
    .input(registerInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await registerAccount(ctx.sys, ctx.actor, input);
      return {};
    }),
  login: publicProcedure
    .meta({ limit: "login", computes: true })
    .input(loginInput)
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { me, factors, cookies } = await logIn(ctx.sys, ctx.actor, "app", input);
      setCookies(ctx.responseHeaders, cookies);
      return { me, factors };
    }),
  verifyTotp: halfProcedure
    .meta({ limit: "second-factor" })
    .input(verifySecondFactorInput)
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { me, factors, cookies } = await verifySecondFactor(ctx.sys, ctx.actor, input.proof);
      setCookies(ctx.responseHeaders, cookies);
      return { me, factors };
    }),
  logout: publicProcedure
    .input(nothing)
    .output(nothing)
    .mutation(async ({ ctx }) => {
      const { cookie } = await logOut(ctx.sys, ctx.actor, "app");
      setCookies(ctx.responseHeaders, [cookie]);
      return {};
    }),
  me: readProcedure
    .input(nothing)
    .output(me)
    .query(({ ctx }) => getMe(ctx.sys, ctx.actor)),
  protection: accountProcedure
    .input(nothing)
    .output(protection)
    .query(({ ctx }) => getProtection(ctx.sys, ctx.actor)),
  stepUp: accountProcedure
    .meta({ limit: "account" })
    .input(stepUpInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      const { cookie } = await stepUp(ctx.sys, ctx.actor, input);
      setCookies(ctx.responseHeaders, [cookie]);
      return {};
    }),
  email: emailRouter,
  password: passwordRouter,
  totp: totpRouter,
  recoveryCodes: appRouterOf({
    regenerate: provenProcedure
      .meta({ limit: "account" })
      .input(nothing)
      .output(recoveryCodes)
      .mutation(({ ctx }) => replaceRecoveryCodes(ctx.sys, ctx.actor)),
  }),
  sessions: sessionsRouter,
  passkeys: passkeysRouter,
  providers: providersRouter,
  identities: identitiesRouter,
});
