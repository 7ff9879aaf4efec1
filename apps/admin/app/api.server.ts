import { adminRouter } from "@openclaw-launch/core/api/admin";
import { createAdminContext } from "@openclaw-launch/core/api/context";
import { createAdminCaller } from "@openclaw-launch/core/api/trpc";
import { type LoaderArguments, pageLoader } from "@openclaw-launch/server/page-loader";

const createCaller = createAdminCaller(adminRouter);

const contextOf = ({ request, context: { sys, remoteAddress } }: LoaderArguments) =>
  createAdminContext(sys, { method: "GET", headers: request.headers, remoteAddress });

/** The only door from pages to core. Loaders read; whatever changes something goes through `api.client.ts`. */
export const load = pageLoader(async (args) => createCaller(await contextOf(args)));

/** Whether an admin is signed in. */
export async function isSignedIn(args: LoaderArguments): Promise<boolean> {
  const { actor } = await contextOf(args);
  return actor.kind === "admin";
}
