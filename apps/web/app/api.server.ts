import { appRouter } from "@openclaw-launch/core/api/app";
import { createAppContext } from "@openclaw-launch/core/api/context";
import { createAppCaller } from "@openclaw-launch/core/api/trpc";
import { DomainError } from "@openclaw-launch/core/errors";
import { data, redirect, type AppLoadContext } from "@remix-run/node";
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import type { Failure } from "~/errors";

const createCaller = createAppCaller(appRouter);
type Api = ReturnType<typeof createCaller>;
type LoaderArguments = { request: Request; context: AppLoadContext };

/** The only door from pages to core. Loaders read; whatever changes something goes through the SDK in the browser. */
async function api(request: Request, { sys, remoteAddress }: AppLoadContext): Promise<Api> {
  return createCaller(await createAppContext(sys, { method: "GET", headers: request.headers, remoteAddress }));
}

/** Reads what a page needs. Leads to the sign-in page when nobody is signed in; every other refusal becomes an error page. */
export async function load<T>({ request, context }: LoaderArguments, read: (api: Api) => Promise<T>): Promise<T> {
  try {
    return await read(await api(request, context));
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    const failure = failureOf(error);
    if (failure.code !== "auth.required") throw data(failure, { status: getHTTPStatusCodeFromError(error) });
    const { pathname, search } = new URL(request.url);
    throw redirect(`/sign-in?to=${encodeURIComponent(pathname + search)}`);
  }
}

/** Whether somebody is signed in. */
export async function isSignedIn({ request, context }: LoaderArguments): Promise<boolean> {
  const { actor } = await createAppContext(context.sys, { method: "GET", headers: request.headers, remoteAddress: context.remoteAddress });
  return actor.kind === "user";
}

function failureOf(error: TRPCError): Failure {
  if (error.cause instanceof DomainError) return { code: error.cause.code, details: error.cause.details };
  if (error.code === "BAD_REQUEST") return { code: "input.invalid", details: {} };
  return { code: "internal", details: { reference: error.message } };
}
