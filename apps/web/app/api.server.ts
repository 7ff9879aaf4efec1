import { appRouter } from "@openclaw-launch/core/api/app";
import { createAppContext } from "@openclaw-launch/core/api/context";
import { createAppCaller } from "@openclaw-launch/core/api/trpc";
import { mailboxUrlOf } from "@openclaw-launch/core/notifications/rules";
import { type LoaderArguments, pageLoader } from "@openclaw-launch/server/page-loader";

const createCaller = createAppCaller(appRouter);

const contextOf = ({ request, context: { sys, remoteAddress } }: LoaderArguments) =>
  createAppContext(sys, { method: "GET", headers: request.headers, remoteAddress });

/** The only door from pages to core. Loaders read; whatever changes something goes through the SDK in the browser. */
export const load = pageLoader(async (args) => createCaller(await contextOf(args)));

/** Whether somebody is signed in. */
export async function isSignedIn(args: LoaderArguments): Promise<boolean> {
  const { actor } = await contextOf(args);
  return actor.kind === "user";
}

/** Where mails are read as long as none is really sent; null when they are. */
export const mailboxUrl = ({ context }: LoaderArguments) => mailboxUrlOf(context.sys.config.RESEND_BASE_URL);
