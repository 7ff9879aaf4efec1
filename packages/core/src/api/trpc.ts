import {
  getTRPCErrorFromUnknown,
  initTRPC,
  type TRPCDefaultErrorShape,
  TRPCError,
  type TRPCRuntimeConfigOptions,
} from "@trpc/server";
import superjson from "superjson";
import { ZodError } from "zod";
import { DomainError, type ErrorCode, type ErrorDetails } from "../errors.ts";
import type { AdminActor, System, UserActor } from "../system.ts";
import type { AdminContext, AppContext, InternalContext } from "./context.ts";
import { isAsyncIterable } from "./stream-of.ts";
import { trpcErrorOf } from "./trpc-error.ts";

/** Who may call a procedure. The access test reads it. */
export type Audience = "public" | "user" | "admin" | "internal";
type Meta = { audience: Audience };

/** What a client may know of an error: a code of the catalogue, and what it refers to. */
export type PublicError = {
  code: ErrorCode;
  details: ErrorDetails;
  fields: Record<string, string[]>;
  reference: string | null;
};

function publicError(error: TRPCError): PublicError {
  const { cause } = error;
  if (cause instanceof DomainError)
    return { code: cause.code, details: cause.details, fields: {}, reference: null };
  if (cause instanceof ZodError && error.code === "BAD_REQUEST") {
    return { code: "input.invalid", details: {}, fields: fieldsOf(cause), reference: null };
  }
  if (error.code === "PAYLOAD_TOO_LARGE")
    return { code: "input.too-large", details: {}, fields: {}, reference: null };
  if (error.code !== "INTERNAL_SERVER_ERROR")
    return { code: "input.invalid", details: {}, fields: {}, reference: null };
  return {
    code: "internal",
    details: {},
    fields: {},
    reference: cause instanceof Unexpected ? cause.message : null,
  };
}

function fieldsOf(error: ZodError): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const issue of error.issues) {
    const paths =
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of paths) {
      const name = path.join(".");
      fields[name] = [...(fields[name] ?? []), issue.message];
    }
  }
  return fields;
}

const options = {
  transformer: superjson,
  isDev: false,
  defaultMeta: { audience: "public" },
  // Proxies close idle connections: keep live streams busy.
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  errorFormatter: ({ shape, error }: { shape: TRPCDefaultErrorShape; error: TRPCError }) => {
    const { stack: _, ...data } = shape.data;
    const safe = publicError(error);
    return { ...shape, message: safe.code, data: { ...data, ...safe } };
  },
} satisfies TRPCRuntimeConfigOptions<object, Meta>;

type Call = { ctx: { sys: System }; path: string };

/** The outermost middleware. `next()` never rejects: its result says whether it went well. */
function answer<Result extends { ok: true; data: unknown } | { ok: false; error: TRPCError }>(
  call: Call,
  result: Result,
): Result {
  if (!result.ok) throw knownError(call, result.error);
  return isAsyncIterable(result.data) ? { ...result, data: answerEach(call, result.data) } : result;
}

async function* answerEach(call: Call, stream: AsyncIterable<unknown>): AsyncGenerator<unknown, void, void> {
  try {
    yield* stream;
  } catch (error) {
    throw knownError(call, getTRPCErrorFromUnknown(error));
  }
}

/** What is no outcome of the catalogue goes to the log; the caller gets the reference to that entry only. */
function knownError({ ctx, path }: Call, error: TRPCError): TRPCError {
  const { cause } = error;
  if (cause instanceof DomainError) return trpcErrorOf(cause);
  if (error.code !== "INTERNAL_SERVER_ERROR") return error;
  const reference = ctx.sys.random.uuid();
  ctx.sys.log.error({ err: cause ?? error, path, reference }, "procedure failed");
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: new Unexpected(reference) });
}

class Unexpected extends Error {}

const app = initTRPC.context<AppContext>().meta<Meta>().create(options);
const appProcedure = app.procedure.use(async (call) => answer(call, await call.next()));
export const appRouterOf = app.router;
export const createAppCaller = app.createCallerFactory;
export const publicProcedure = appProcedure.meta({ audience: "public" });
export const userProcedure = appProcedure.meta({ audience: "user" }).use(({ ctx, next }) => {
  if (ctx.actor.kind !== "user") throw new DomainError("auth.required");
  const actor: UserActor = ctx.actor;
  return next({ ctx: { actor } });
});

const admin = initTRPC.context<AdminContext>().meta<Meta>().create(options);
const anyAdminProcedure = admin.procedure.use(async (call) => answer(call, await call.next()));
export const adminRouterOf = admin.router;
export const createAdminCaller = admin.createCallerFactory;
export const adminPublicProcedure = anyAdminProcedure.meta({ audience: "public" });
export const adminProcedure = anyAdminProcedure.meta({ audience: "admin" }).use(({ ctx, next }) => {
  if (ctx.actor.kind !== "admin") throw new DomainError("auth.required");
  const actor: AdminActor = ctx.actor;
  return next({ ctx: { actor } });
});

const internal = initTRPC.context<InternalContext>().meta<Meta>().create(options);
export const internalRouterOf = internal.router;
export const createInternalCaller = internal.createCallerFactory;
export const internalProcedure = internal.procedure
  .use(async (call) => answer(call, await call.next()))
  .meta({ audience: "internal" })
  .use(({ ctx, next }) => {
    if (!ctx.trusted) throw new DomainError("auth.required");
    return next();
  });
