import { type FoundSession, findSession } from "../auth/sessions.ts";
import type { AdminConfig, WebConfig } from "../config.ts";
import { DomainError } from "../errors.ts";
import type { SessionAudience } from "../generated/prisma/enums.ts";
import type { Workers } from "../ports.ts";
import type { AdminActor, AnonymousActor, System, UserActor } from "../system.ts";
import type { WorkerSystem } from "../worker.ts";
import { trpcErrorOf } from "./trpc-error.ts";

/** What the web server has beyond every process. */
export type WebSystem = System & { config: WebConfig; workers: Workers };
export type AdminSystem = System & { config: AdminConfig };

/** Headers that a procedure adds to the answer: cookies. */
type Answer = { responseHeaders: Headers };

export type AppContext = Answer & { sys: WebSystem; actor: AnonymousActor | UserActor };
export type AdminContext = Answer & { sys: AdminSystem; actor: AnonymousActor | AdminActor };
/** `trusted`: the caller showed the internal secret. */
export type InternalContext = { sys: WorkerSystem; trusted: boolean };

/** What a context is made of, whatever the server. `remoteAddress` is the other end of the connection. */
export type IncomingRequest = { method: string; headers: Pick<Headers, "get">; remoteAddress: string };

/** Throws request.foreign-origin. */
export async function createAppContext(sys: WebSystem, request: IncomingRequest): Promise<AppContext> {
  refuseForeignOrigin(request, sys.config.WEB_URL);
  const ip = clientAddress(request, sys.config.TRUSTED_PROXIES);
  const session = await sessionOf(sys, "app", request);
  const actor: AppContext["actor"] = session
    ? { kind: "user", userId: session.userId, sessionId: session.sessionId, ip }
    : { kind: "anonymous", ip };
  return { sys, actor, responseHeaders: new Headers() };
}

/** Throws request.foreign-origin. An account that is no admin's any more is anonymous here. */
export async function createAdminContext(sys: AdminSystem, request: IncomingRequest): Promise<AdminContext> {
  refuseForeignOrigin(request, sys.config.ADMIN_URL);
  const ip = clientAddress(request, sys.config.TRUSTED_PROXIES);
  const session = await sessionOf(sys, "admin", request);
  const actor: AdminContext["actor"] =
    session?.role === "admin"
      ? { kind: "admin", userId: session.userId, sessionId: session.sessionId, ip }
      : { kind: "anonymous", ip };
  return { sys, actor, responseHeaders: new Headers() };
}

async function sessionOf(
  sys: System,
  audience: SessionAudience,
  { headers }: IncomingRequest,
): Promise<FoundSession | null> {
  return findSession(sys, audience, headers.get("cookie") ?? "");
}

/** A page of another site may not act in the name of whoever is signed in here. Programs send no Origin, browsers always do. */
function refuseForeignOrigin({ method, headers }: IncomingRequest, ownUrl: string): void {
  if (method === "GET" || method === "HEAD") return;
  const origin = headers.get("origin");
  const foreign =
    origin === null ? headers.get("sec-fetch-site") === "cross-site" : origin !== new URL(ownUrl).origin;
  if (foreign) throw trpcErrorOf(new DomainError("request.foreign-origin"));
}

/** Each proxy that we trust appended the address it saw; whatever stands before those, the client may have made up. */
export function clientAddress({ headers, remoteAddress }: IncomingRequest, trustedProxies: number): string {
  const forwarded = (headers.get("x-forwarded-for") ?? "")
    .split(",")
    .map((address) => address.trim())
    .filter(Boolean);
  const path = [...forwarded, remoteAddress];
  const address = path[Math.max(0, path.length - 1 - trustedProxies)] ?? remoteAddress;
  return address.replace(/^::ffff:/, "");
}
