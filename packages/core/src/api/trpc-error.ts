import { TRPCError } from "@trpc/server";
import { type DomainError, type ErrorKind, errorCatalogue } from "../errors.ts";

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

/** The only place where an outcome of the catalogue becomes a status. */
export function trpcErrorOf(cause: DomainError): TRPCError {
  return new TRPCError({ code: statusOf[errorCatalogue[cause.code]], message: cause.code, cause });
}
