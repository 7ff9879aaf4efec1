import { z } from "zod";
import { setCookies } from "../api/set-cookies.ts";
import {
  accountProcedure,
  appRouterOf,
  halfProcedure,
  provenProcedure,
  publicProcedure,
} from "../api/trpc.ts";
import { signedIn } from "../auth/schema.ts";
import { addPasskey } from "./add-passkey.ts";
import { askAnyPasskey, askOwnPasskey } from "./ask-passkey.ts";
import { beginPasskey } from "./begin-passkey.ts";
import { listPasskeys } from "./list-passkeys.ts";
import { removePasskey } from "./remove-passkey.ts";
import { renamePasskey } from "./rename-passkey.ts";
import {
  addPasskeyInput,
  addPasskeyOutput,
  answer,
  listPasskeysOutput,
  question,
  removePasskeyInput,
  renamePasskeyInput,
} from "./schema.ts";
import { signInWithPasskey } from "./sign-in-with-passkey.ts";

const nothing = z.strictObject({});

export const passkeysRouter = appRouterOf({
  list: accountProcedure
    .input(nothing)
    .output(listPasskeysOutput)
    .query(({ ctx }) => listPasskeys(ctx.sys, ctx.actor)),
  begin: provenProcedure
    .meta({ limit: "account" })
    .input(nothing)
    .output(question)
    .mutation(({ ctx }) => beginPasskey(ctx.sys, ctx.actor)),
  add: provenProcedure
    .meta({ limit: "account" })
    .input(addPasskeyInput)
    .output(addPasskeyOutput)
    .mutation(({ ctx, input }) => addPasskey(ctx.sys, ctx.actor, input)),
  rename: accountProcedure
    .meta({ limit: "account" })
    .input(renamePasskeyInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await renamePasskey(ctx.sys, ctx.actor, input);
      return {};
    }),
  remove: provenProcedure
    .meta({ limit: "account" })
    .input(removePasskeyInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await removePasskey(ctx.sys, ctx.actor, input);
      return {};
    }),
  beginSignIn: publicProcedure
    .meta({ limit: "passkey" })
    .input(nothing)
    .output(question)
    .mutation(({ ctx }) => askAnyPasskey(ctx.sys, ctx.actor)),
  signIn: publicProcedure
    .meta({ limit: "passkey" })
    .input(answer)
    .output(signedIn)
    .mutation(async ({ ctx, input }) => {
      const { me, factors, cookies } = await signInWithPasskey(ctx.sys, ctx.actor, input);
      setCookies(ctx.responseHeaders, cookies);
      return { me, factors };
    }),
  /** Answered by `auth.verifyTotp`. */
  beginSecondFactor: halfProcedure
    .meta({ limit: "second-factor" })
    .input(nothing)
    .output(question)
    .mutation(({ ctx }) => askOwnPasskey(ctx.sys, ctx.actor)),
  /** Answered by `auth.stepUp`. */
  beginStepUp: accountProcedure
    .meta({ limit: "account" })
    .input(nothing)
    .output(question)
    .mutation(({ ctx }) => askOwnPasskey(ctx.sys, ctx.actor)),
});
