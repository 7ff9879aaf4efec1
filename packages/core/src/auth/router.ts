import { z } from "zod";
import { appRouterOf, publicProcedure, userProcedure } from "../api/trpc.ts";
import { getMe } from "./get-me.ts";
import { logIn } from "./log-in.ts";
import { logOut } from "./log-out.ts";
import { registerAccount } from "./register-account.ts";
import { loginInput, me, preloginInput, preloginOutput, registerInput } from "./schema.ts";
import { startLogin } from "./start-login.ts";

const nothing = z.strictObject({});

export const authRouter = appRouterOf({
  prelogin: publicProcedure
    .input(preloginInput)
    .output(preloginOutput)
    .query(({ ctx, input }) => startLogin(ctx.sys, input)),
  register: publicProcedure
    .input(registerInput)
    .output(me)
    .mutation(async ({ ctx, input }) => {
      const signedIn = await registerAccount(ctx.sys, ctx.actor, input);
      ctx.responseHeaders.append("set-cookie", signedIn.cookie);
      return signedIn.me;
    }),
  login: publicProcedure
    .input(loginInput)
    .output(me)
    .mutation(async ({ ctx, input }) => {
      const signedIn = await logIn(ctx.sys, ctx.actor, "app", input);
      ctx.responseHeaders.append("set-cookie", signedIn.cookie);
      return signedIn.me;
    }),
  logout: publicProcedure
    .input(nothing)
    .output(nothing)
    .mutation(async ({ ctx }) => {
      const { cookie } = await logOut(ctx.sys, ctx.actor, "app");
      ctx.responseHeaders.append("set-cookie", cookie);
      return {};
    }),
  me: userProcedure
    .input(nothing)
    .output(me)
    .query(({ ctx }) => getMe(ctx.sys, ctx.actor)),
});
