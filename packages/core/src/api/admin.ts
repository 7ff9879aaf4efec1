import { z } from "zod";
import { getMe } from "../auth/get-me.ts";
import { logIn } from "../auth/log-in.ts";
import { logOut } from "../auth/log-out.ts";
import {
  adminStepUpInput,
  loginInput,
  me,
  preloginInput,
  preloginOutput,
  signedIn,
  verifyCodeInput,
} from "../auth/schema.ts";
import { startLogin } from "../auth/start-login.ts";
import { stepUpByPassword } from "../auth/step-up.ts";
import { verifyCode } from "../auth/verify-second-factor.ts";
import { listHosts } from "../hosts/list-hosts.ts";
import { listHostsInput, listHostsOutput } from "../hosts/schema.ts";
import { changePlan } from "../instances/change-plan.ts";
import { listFleet } from "../instances/list-fleet.ts";
import { changePlanInput, listFleetInput, listFleetOutput } from "../instances/schema.ts";
import { upgradeFleet } from "../instances/upgrade-fleet.ts";
import { killSwitchRouter } from "../kill-switch/router.ts";
import { getOverview } from "../overview/get-overview.ts";
import { overview } from "../overview/schema.ts";
import { listUsers } from "../users/list-users.ts";
import { readInvitation } from "../users/read-invitation.ts";
import { redeemInvitation } from "../users/redeem-invitation.ts";
import {
  invitation,
  listUsersInput,
  listUsersOutput,
  readInvitationInput,
  redeemInvitationInput,
} from "../users/schema.ts";
import { setCookies } from "./set-cookies.ts";
import {
  adminHalfProcedure,
  adminProcedure,
  adminProvenProcedure,
  adminPublicProcedure,
  adminRouterOf,
} from "./trpc.ts";

const nothing = z.strictObject({});

const authRouter = adminRouterOf({
  prelogin: adminPublicProcedure
    .meta({ limit: "prelogin" })
    .input(preloginInput)
    .output(preloginOutput)
    .query(({ ctx, input }) => startLogin(ctx.sys, input)),
  login: adminPublicProcedure
    .meta({ limit: "login", computes: true })
    .input(loginInput)
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { me, factors, cookies } = await logIn(ctx.sys, ctx.actor, "admin", input);
      setCookies(ctx.responseHeaders, cookies);
      return { me, factors };
    }),
  verifyTotp: adminHalfProcedure
    .meta({ limit: "second-factor" })
    .input(verifyCodeInput)
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { me, factors, cookies } = await verifyCode(ctx.sys, ctx.actor, "admin", input.proof);
      setCookies(ctx.responseHeaders, cookies);
      return { me, factors };
    }),
  logout: adminPublicProcedure
    .input(nothing)
    .output(nothing)
    .mutation(async ({ ctx }) => {
      const { cookie } = await logOut(ctx.sys, ctx.actor, "admin");
      setCookies(ctx.responseHeaders, [cookie]);
      return {};
    }),
  me: adminProcedure
    .input(nothing)
    .output(me)
    .query(({ ctx }) => getMe(ctx.sys, ctx.actor)),
  stepUp: adminProcedure
    .meta({ limit: "account" })
    .input(adminStepUpInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      const { cookie } = await stepUpByPassword(ctx.sys, ctx.actor, input);
      setCookies(ctx.responseHeaders, [cookie]);
      return {};
    }),
  readInvitation: adminPublicProcedure
    .meta({ limit: "invitation" })
    .input(readInvitationInput)
    .output(invitation)
    // The token is a secret: a mutation carries it in the body, where a query would put it into the address.
    .mutation(({ ctx, input }) => readInvitation(ctx.sys, ctx.actor, input)),
  redeemInvitation: adminPublicProcedure
    .meta({ limit: "invitation" })
    .input(redeemInvitationInput)
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { me, factors, cookies } = await redeemInvitation(ctx.sys, ctx.actor, input);
      setCookies(ctx.responseHeaders, cookies);
      return { me, factors };
    }),
});

/** Everything that the admin app can ask for. */
export const adminRouter = adminRouterOf({
  auth: authRouter,
  overview: adminProcedure
    .input(nothing)
    .output(overview)
    .query(({ ctx }) => getOverview(ctx.sys, ctx.actor)),
  users: adminRouterOf({
    list: adminProcedure
      .input(listUsersInput)
      .output(listUsersOutput)
      .query(({ ctx, input }) => listUsers(ctx.sys, ctx.actor, input)),
  }),
  instances: adminRouterOf({
    list: adminProcedure
      .input(listFleetInput)
      .output(listFleetOutput)
      .query(({ ctx, input }) => listFleet(ctx.sys, ctx.actor, input)),
    changePlan: adminProcedure
      .meta({ limit: "command" })
      .input(changePlanInput)
      .output(nothing)
      .mutation(async ({ ctx, input }) => {
        await changePlan(ctx.sys, ctx.actor, input);
        return {};
      }),
    upgradeAll: adminProvenProcedure
      .meta({ limit: "command" })
      .input(nothing)
      .output(z.strictObject({ begun: z.int(), outdated: z.int() }))
      .mutation(({ ctx }) => upgradeFleet(ctx.sys, ctx.actor)),
  }),
  killSwitch: killSwitchRouter,
  hosts: adminRouterOf({
    list: adminProcedure
      .input(listHostsInput)
      .output(listHostsOutput)
      .query(({ ctx, input }) => listHosts(ctx.sys, ctx.actor, input)),
  }),
});
export type AdminRouter = typeof adminRouter;
