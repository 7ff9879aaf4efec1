import { z } from "zod";
import { getMe } from "../auth/get-me.ts";
import { logIn } from "../auth/log-in.ts";
import { logOut } from "../auth/log-out.ts";
import { loginInput, me, preloginInput, preloginOutput } from "../auth/schema.ts";
import { startLogin } from "../auth/start-login.ts";
import { listHosts } from "../hosts/list-hosts.ts";
import { listHostsInput, listHostsOutput } from "../hosts/schema.ts";
import { listFleet } from "../instances/list-fleet.ts";
import { listFleetInput, listFleetOutput } from "../instances/schema.ts";
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
import { adminProcedure, adminPublicProcedure, adminRouterOf } from "./trpc.ts";

const nothing = z.strictObject({});

const authRouter = adminRouterOf({
  prelogin: adminPublicProcedure
    .input(preloginInput)
    .output(preloginOutput)
    .query(({ ctx, input }) => startLogin(ctx.sys, input)),
  login: adminPublicProcedure
    .input(loginInput)
    .output(me)
    .mutation(async ({ ctx, input }) => {
      const signedIn = await logIn(ctx.sys, ctx.actor, "admin", input);
      ctx.responseHeaders.append("set-cookie", signedIn.cookie);
      return signedIn.me;
    }),
  logout: adminPublicProcedure
    .input(nothing)
    .output(nothing)
    .mutation(async ({ ctx }) => {
      const { cookie } = await logOut(ctx.sys, ctx.actor, "admin");
      ctx.responseHeaders.append("set-cookie", cookie);
      return {};
    }),
  me: adminProcedure
    .input(nothing)
    .output(me)
    .query(({ ctx }) => getMe(ctx.sys, ctx.actor)),
  readInvitation: adminPublicProcedure
    .input(readInvitationInput)
    .output(invitation)
    // The token is a secret: a mutation carries it in the body, where a query would put it into the address.
    .mutation(({ ctx, input }) => readInvitation(ctx.sys, ctx.actor, input)),
  redeemInvitation: adminPublicProcedure
    .input(redeemInvitationInput)
    .output(me)
    .mutation(async ({ ctx, input }) => {
      const signedIn = await redeemInvitation(ctx.sys, ctx.actor, input);
      ctx.responseHeaders.append("set-cookie", signedIn.cookie);
      return signedIn.me;
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
  }),
  hosts: adminRouterOf({
    list: adminProcedure
      .input(listHostsInput)
      .output(listHostsOutput)
      .query(({ ctx, input }) => listHosts(ctx.sys, ctx.actor, input)),
  }),
});
export type AdminRouter = typeof adminRouter;
