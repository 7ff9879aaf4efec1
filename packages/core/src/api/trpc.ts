import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { ZodError } from "zod";
import { DomainError, errorCatalogue, type ErrorCode, type ErrorDetails, type ErrorKind } from "../errors.ts";
import type { AdminActor, UserActor } from "../system.ts";
import type { AdminContext, AppContext, InternalContext } from "./context.ts";

/** Who may call a procedure. The access test reads it. */
export type Audience = "public" | "user" | "admin" | "internal";
type Meta = { audience: Audience };

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

/** What a client may know of an error: a code of the catalogue, and what it refers to. */
export type PublicError = { code: ErrorCode; details: ErrorDetails; fields: Record<string, string[]>; reference: string | null };

function publicError(error: TRPCError): PublicError {
  const { cause } = error;
  if (cause instanceof DomainError) return { code: cause.code, details: cause.details, fields: {}, reference: null };
  if (cause instanceof ZodError && error.code === "BAD_REQUEST") {
    return { code: "input.invalid", details: {}, fields: fieldsOf(cause), reference: null };
  }
  if (error.code === "PAYLOAD_TOO_LARGE") return { code: "input.too-large", details: {}, fields: {}, reference: null };
  if (error.code !== "INTERNAL_SERVER_ERROR") return { code: "input.invalid", details: {}, fields: {}, reference: null };
  return { code: "internal", details: {}, fields: {}, reference: error.message };
}

function fieldsOf(error: ZodError): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const issue of error.issues) {
    const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of paths) (fields[path.join(".")] ??= []).push(issue.message);
  }
  return fields;
}

function init<Context extends { sys: AppContext["sys"] }>() {
  const t = initTRPC
    .context<Context>()
    .meta<Meta>()
    .create({
      transformer: superjson,
      isDev: false,
      defaultMeta: { audience: "public" },
      // Proxies close idle connections: keep live streams busy.
      sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
      errorFormatter: ({ shape, error }) => {
        const { stack: _, ...data } = shape.data;
        const safe = publicError(error);
        return { ...shape, message: safe.code, data: { ...data, ...safe } };
      },
    });

  // `next()` never rejects: the result says whether it went well.
  const errors = t.middleware(async ({ ctx, next, path }) => {
    const result = await next();
    if (result.ok) return result;
    const { error } = result;
    if (error.cause instanceof DomainError) {
      throw new TRPCError({ code: statusOf[errorCatalogue[error.cause.code]], message: error.cause.code, cause: error.cause });
    }
    if (error.code !== "INTERNAL_SERVER_ERROR") throw error;
    const reference = ctx.sys.random.uuid();
    ctx.sys.log.error({ err: error.cause ?? error, path, reference }, "procedure failed");
    throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: reference });
  });
  return { t, procedure: t.procedure.use(errors) };
}

const app = init<AppContext>();
export const appRouterOf = app.t.router;
export const createAppCaller = app.t.createCallerFactory;
export const publicProcedure = app.procedure.meta({ audience: "public" });
export const userProcedure = app.procedure.meta({ audience: "user" }).use(({ ctx, next }) => {
  if (ctx.actor.kind !== "user") throw asTrpcError("auth.required");
  const actor: UserActor = ctx.actor;
  return next({ ctx: { actor } });
});

const admin = init<AdminContext>();
export const adminRouterOf = admin.t.router;
export const createAdminCaller = admin.t.createCallerFactory;
export const adminPublicProcedure = admin.procedure.meta({ audience: "public" });
export const adminProcedure = admin.procedure.meta({ audience: "admin" }).use(({ ctx, next }) => {
  if (ctx.actor.kind !== "admin") throw asTrpcError("admin.required");
  const actor: AdminActor = ctx.actor;
  return next({ ctx: { actor } });
});

const internal = init<InternalContext>();
export const internalRouterOf = internal.t.router;
export const createInternalCaller = internal.t.createCallerFactory;
export const internalProcedure = internal.procedure.meta({ audience: "internal" }).use(({ ctx, next }) => {
  if (!ctx.trusted) throw asTrpcError("auth.required");
  return next();
});

function asTrpcError(code: ErrorCode): TRPCError {
  return new TRPCError({ code: statusOf[errorCatalogue[code]], message: code, cause: new DomainError(code) });
}
