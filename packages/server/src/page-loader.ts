import type { ErrorCode, ErrorDetails } from "@openclaw-launch/core/errors";
import { DomainError } from "@openclaw-launch/core/errors";
import { type AppLoadContext, data, redirect } from "@remix-run/node";
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";

export type LoaderArguments = { request: Request; context: AppLoadContext };

/** What an error page is given. */
export type Failure = { code: ErrorCode; details: ErrorDetails };

/**
 * How pages read: `load(args, (api) => api.instances.list({}))`. Leads to the sign-in page when nobody is signed in, or not
 * completely; every other refusal becomes an error page with a Failure as its data.
 */
export function pageLoader<Api>(open: (args: LoaderArguments) => Promise<Api>) {
  return async <T>(args: LoaderArguments, read: (api: Api) => Promise<T>): Promise<T> => {
    try {
      return await read(await open(args));
    } catch (error) {
      if (!(error instanceof TRPCError)) throw error;
      const failure = failureOf(error);
      if (!signInCodes.has(failure.code)) throw data(failure, { status: getHTTPStatusCodeFromError(error) });
      const { pathname, search } = new URL(args.request.url);
      throw redirect(`/sign-in?to=${encodeURIComponent(pathname + search)}`);
    }
  };
}

const signInCodes: ReadonlySet<ErrorCode> = new Set(["auth.required", "auth.second-factor-required"]);

function failureOf(error: TRPCError): Failure {
  if (error.cause instanceof DomainError) return { code: error.cause.code, details: error.cause.details };
  if (error.code === "BAD_REQUEST") return { code: "input.invalid", details: {} };
  return { code: "internal", details: { reference: error.message } };
}
