import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { DomainError, type ErrorKind, errorCatalogue } from "../errors.ts";

const statusOf: Record<ErrorKind, TRPCError["code"]> = {
  invalid: "BAD_REQUEST",
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  missing: "NOT_FOUND",
  conflict: "CONFLICT",
  "too-large": "PAYLOAD_TOO_LARGE",
  "too-many": "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
  internal: "INTERNAL_SERVER_ERROR",
};

/** The outcome that an error tells of, if it is one of the catalogue; also of what contexts throw. */
export function domainErrorIn(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  return error instanceof TRPCError && error.cause instanceof DomainError ? error.cause : null;
}

/** For answers outside tRPC. */
export const httpStatusOf = (error: DomainError): number => getHTTPStatusCodeFromError(trpcErrorOf(error));

/** The only place where an outcome of the catalogue becomes a status. */
export function trpcErrorOf(cause: DomainError): TRPCError {
  return new TRPCError({ code: statusOf[errorCatalogue[cause.code]], message: cause.code, cause });
}
