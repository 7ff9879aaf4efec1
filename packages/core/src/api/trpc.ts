import {
  getTRPCErrorFromUnknown,
  initTRPC,
  type TRPCDefaultErrorShape,
  TRPCError,
  type TRPCRuntimeConfigOptions,
} from "@trpc/server";
import superjson from "superjson";
import { ZodError } from "zod";
import { recordRefusal } from "../audit/record-refusal.ts";
import { withCapacity } from "../auth/hash-auth-key.ts";
import { includesScope, isProven } from "../auth/rules.ts";
import { whileSignedIn } from "../auth/watch-revocation.ts";
import { DomainError, type ErrorCode, type ErrorDetails } from "../errors.ts";
import type { ApiTokenScope } from "../generated/prisma/enums.ts";
import { consumeLimit } from "../limits/consume-limit.ts";
import type { LimitName } from "../limits/rules.ts";
import type { Actor, OwnerActor, System, UserActor } from "../system.ts";
import type { AdminContext, AppContext, InternalContext } from "./context.ts";
import { countedStream } from "./counted-stream.ts";
import { isAsyncIterable } from "./stream-of.ts";
import { trpcErrorOf } from "./trpc-error.ts";

/** Calls in one request. */
export const maxBatchSize = 20;

/**
 * Who may call a procedure; the access test reads it. Only the builders below say it, beside the guard that holds it.
 * "half": who signed in and owes the second factor still. "read", "operate", "manage": an owner in the dashboard, or a program
 * with a token of at least that scope. "destroy": the same as "manage", but a person must have shown lately that it is them.
 * "account": the person alone. "proven": the person, who has shown lately that it is them. "admin-proven": the same of an operator.
 */
export type Audience =
  | "public"
  | "half"
  | "read"
  | "operate"
  | "manage"
  | "destroy"
  | "account"
  | "proven"
  | "admin"
  | "admin-proven"
  | "internal";
type Meta = {
  audience?: Audience;
  limit?: LimitName;
  /** Anybody can have it computed for long. It is turned away while too many others wait for that. */
  computes?: true;
};

/** What a client may know of an error: a code of the catalogue, and what it refers to. */
export type PublicError = {
  code: ErrorCode;
  details: ErrorDetails;
  fields: Record<string, string[]>;
  reference: string | null;
};

export function publicError(error: TRPCError): PublicError {
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

type Call = {
  ctx: { sys: System; actor?: Actor; responseHeaders?: Headers; carried?: true };
  path: string;
};

/** The outermost middleware. `next()` never rejects: its result says whether it went well. */
async function answer<Result extends { ok: true; data: unknown } | { ok: false; error: TRPCError }>(
  call: Call,
  result: Result,
): Promise<Result> {
  if (!result.ok) {
    await noteRefusal(call, result.error);
    throw knownError(call, result.error);
  }
  if (!isAsyncIterable(result.data)) return result;
  return { ...result, data: answerEach(call, withinBounds(call.ctx, result.data)) };
}

function withinBounds({ sys, actor, carried }: Call["ctx"], stream: AsyncIterable<unknown>) {
  if (!actor) return stream;
  const watched = whileSignedIn(sys, actor, stream);
  return "userId" in actor && !carried ? countedStream(sys, actor.userId, watched) : watched;
}

async function noteRefusal({ ctx, path }: Call, { cause }: TRPCError): Promise<void> {
  if (ctx.actor && cause instanceof DomainError)
    await recordRefusal(ctx.sys, ctx.actor, { code: cause.code, path });
}

async function* answerEach(call: Call, stream: AsyncIterable<unknown>): AsyncGenerator<unknown, void, void> {
  try {
    yield* stream;
  } catch (error) {
    throw knownError(call, error);
  }
}

/** What is no outcome of the catalogue goes to the log; the caller gets the reference to that entry only. */
export function knownError({ ctx, path }: Call, thrown: unknown): TRPCError {
  const error = getTRPCErrorFromUnknown(thrown);
  const { cause } = error;
  if (cause instanceof DomainError) {
    if (cause.code === "request.too-many")
      ctx.responseHeaders?.set("retry-after", String(cause.details["retryAfterSeconds"]));
    return trpcErrorOf(cause);
  }
  if (error.code !== "INTERNAL_SERVER_ERROR") return error;
  const reference = ctx.sys.random.uuid();
  ctx.sys.log.error({ err: cause ?? error, path, reference }, "procedure failed");
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: new Unexpected(reference) });
}

class Unexpected extends Error {}

const app = initTRPC.context<AppContext>().meta<Meta>().create(options);
const appProcedure = app.procedure
  .use(async (call) => answer(call, await call.next()))
  .use(({ ctx, meta, next }) => (meta?.computes ? withCapacity(ctx.sys, () => next()) : next()))
  .use(async ({ ctx, meta, next }) => {
    if (meta?.limit) await consumeLimit(ctx.sys, ctx.actor, meta.limit);
    return next();
  });
export const appRouterOf = app.router;
export const createAppCaller = app.createCallerFactory;
export const publicProcedure = appProcedure.meta({ audience: "public" });

export const halfProcedure = appProcedure.meta({ audience: "half" }).use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor.kind !== "half") throw new DomainError("auth.required");
  return next({ ctx: { actor } });
});

const ownerProcedure = (scope: ApiTokenScope) =>
  appProcedure
    .meta({ audience: scope })
    .use(({ ctx, next }) => next({ ctx: { actor: ownerOf(ctx.actor, scope) } }));
export const readProcedure = ownerProcedure("read");
export const operateProcedure = ownerProcedure("operate");
export const manageProcedure = ownerProcedure("manage");

export const destroyProcedure = manageProcedure.meta({ audience: "destroy" }).use(({ ctx, next }) => {
  if (ctx.actor.kind !== "apiToken") requireProof(ctx.sys, ctx.actor);
  return next();
});

export const accountProcedure = appProcedure
  .meta({ audience: "account" })
  .use(({ ctx, next }) => next({ ctx: { actor: personOf(ctx.actor) } }));

export const provenProcedure = appProcedure.meta({ audience: "proven" }).use(({ ctx, next }) => {
  const actor = personOf(ctx.actor);
  requireProof(ctx.sys, actor);
  return next({ ctx: { actor } });
});

function requireProof({ clock }: System, { provenAt }: Pick<UserActor, "provenAt">): void {
  if (!isProven(provenAt, clock.now())) throw new DomainError("auth.step-up-required");
}

function ownerOf(actor: AppContext["actor"], scope: ApiTokenScope): OwnerActor {
  if (actor.kind !== "apiToken") return personOf(actor);
  if (!includesScope(actor.scope, scope)) throw new DomainError("auth.token-scope", { needed: scope });
  return actor;
}

function personOf(actor: AppContext["actor"]): UserActor {
  if (actor.kind === "user") return actor;
  throw new DomainError(
    actor.kind === "half"
      ? "auth.second-factor-required"
      : actor.kind === "apiToken"
        ? "auth.token-scope"
        : "auth.required",
  );
}

const admin = initTRPC.context<AdminContext>().meta<Meta>().create(options);
const anyAdminProcedure = admin.procedure
  .use(async (call) => answer(call, await call.next()))
  .use(({ ctx, meta, next }) => (meta?.computes ? withCapacity(ctx.sys, () => next()) : next()))
  .use(async ({ ctx, meta, next }) => {
    if (meta?.limit) await consumeLimit(ctx.sys, ctx.actor, meta.limit);
    return next();
  });
export const adminRouterOf = admin.router;
export const createAdminCaller = admin.createCallerFactory;
export const adminPublicProcedure = anyAdminProcedure.meta({ audience: "public" });
export const adminHalfProcedure = anyAdminProcedure.meta({ audience: "half" }).use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor.kind !== "half") throw new DomainError("auth.required");
  return next({ ctx: { actor } });
});
export const adminProcedure = anyAdminProcedure.meta({ audience: "admin" }).use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor.kind === "half") throw new DomainError("auth.second-factor-required");
  if (actor.kind !== "admin") throw new DomainError("auth.required");
  return next({ ctx: { actor } });
});

export const adminProvenProcedure = adminProcedure.meta({ audience: "admin-proven" }).use(({ ctx, next }) => {
  requireProof(ctx.sys, ctx.actor);
  return next();
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
