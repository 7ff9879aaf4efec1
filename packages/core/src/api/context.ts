import { recordWrongToken } from "../audit/record-refusal.ts";
import { deviceHashOf } from "../auth/devices.ts";
import { type FoundSession, findSession } from "../auth/sessions.ts";
import type { AdminConfig, WebConfig } from "../config.ts";
import { DomainError } from "../errors.ts";
import type { IdentityProviders, Workers } from "../ports.ts";
import type { Actor, AdminActor, AnonymousActor, Client, HalfActor, System, UserActor } from "../system.ts";
import { findApiToken } from "../tokens/find-api-token.ts";
import type { WorkerSystem } from "../worker.ts";
import { trpcErrorOf } from "./trpc-error.ts";

/** What the web server has beyond every process. */
export type WebSystem = System & {
  config: WebConfig;
  workers: Workers;
  identityProviders: IdentityProviders;
};
export type AdminSystem = System & { config: AdminConfig };

type ApiTokenActor = Extract<Actor, { kind: "apiToken" }>;

const longestUserAgent = 256;

/** Headers that a procedure adds to the answer: cookies. */
type Answer = { responseHeaders: Headers };

export type AppContext = Answer & {
  sys: WebSystem;
  actor: AnonymousActor | HalfActor | UserActor | ApiTokenActor;
  /** A stream of this call is part of another, with which it counts. */
  carried?: true;
};
export type AdminContext = Answer & { sys: AdminSystem; actor: AnonymousActor | HalfActor | AdminActor };
/** `trusted`: the caller showed the internal secret. */
export type InternalContext = { sys: WorkerSystem; trusted: boolean };

/** What a context is made of, whatever the server. `remoteAddress` is the other end of the connection. */
export type IncomingRequest = { method: string; headers: Pick<Headers, "get">; remoteAddress: string };

/** A token, when one is shown, is who asks; cookies are not looked at then. Throws request.foreign-origin, auth.required. */
export async function createAppContext(sys: WebSystem, request: IncomingRequest): Promise<AppContext> {
  const client = clientOf(request, sys.config.TRUSTED_PROXIES);
  const responseHeaders = new Headers();
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const token = await findApiToken(sys, authorization, client);
    if (!token) {
      await recordWrongToken(sys, { kind: "anonymous", ...client });
      throw trpcErrorOf(new DomainError("auth.required"));
    }
    return { sys, actor: { kind: "apiToken", ...token, ...client }, responseHeaders };
  }
  refuseForeignOrigin(request, sys.config.WEB_URL);
  const session = await findSession(sys, "app", request.headers.get("cookie") ?? "", client);
  return { sys, actor: appActorOf(session, client), responseHeaders };
}

function appActorOf(session: FoundSession | null, client: Client): AppContext["actor"] {
  if (!session) return { kind: "anonymous", ...client };
  const { userId, sessionId, provenAt } = session;
  return session.stage === "half"
    ? { kind: "half", userId, sessionId, ...client }
    : { kind: "user", userId, sessionId, provenAt, ...client };
}

/** Throws request.foreign-origin. An account that is no admin's any more is anonymous here. */
export async function createAdminContext(sys: AdminSystem, request: IncomingRequest): Promise<AdminContext> {
  refuseForeignOrigin(request, sys.config.ADMIN_URL);
  const client = clientOf(request, sys.config.TRUSTED_PROXIES);
  const session = await findSession(sys, "admin", request.headers.get("cookie") ?? "", client);
  return { sys, actor: adminActorOf(session, client), responseHeaders: new Headers() };
}

function adminActorOf(session: FoundSession | null, client: Client): AdminContext["actor"] {
  if (session?.role !== "admin") return { kind: "anonymous", ...client };
  const { userId, sessionId, provenAt } = session;
  return session.stage === "half"
    ? { kind: "half", userId, sessionId, ...client }
    : { kind: "admin", userId, sessionId, provenAt, ...client };
}

function clientOf(request: IncomingRequest, trustedProxies: number): Client {
  return {
    ip: clientAddress(request, trustedProxies),
    userAgent: (request.headers.get("user-agent") ?? "").slice(0, longestUserAgent),
    deviceHash: deviceHashOf(request.headers.get("cookie") ?? ""),
  };
}

/** A page of another site may not act in the name of whoever is signed in here. Programs send no Origin, browsers always do. */
function refuseForeignOrigin({ method, headers }: IncomingRequest, ownUrl: string): void {
  if (method === "GET" || method === "HEAD") return;
  const origin = headers.get("origin");
  const foreign =
    origin === null ? headers.get("sec-fetch-site") === "cross-site" : origin !== new URL(ownUrl).origin;
  if (foreign) throw trpcErrorOf(new DomainError("request.foreign-origin"));
}

/** Some proxies write the port behind the address, `1.2.3.4:5678` or `[2001:db8::1]:5678`: it is another one with every connection. */
const withoutPort = (address: string): string =>
  address.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1").replace(/^\[(.+)\](:\d+)?$/, "$1");

/** Each proxy that we trust appended the address it saw; whatever stands before those, the client may have made up. */
export function clientAddress(
  { headers, remoteAddress }: Omit<IncomingRequest, "method">,
  trustedProxies: number,
): string {
  const forwarded = (headers.get("x-forwarded-for") ?? "")
    .split(",")
    .map((address) => address.trim())
    .filter(Boolean);
  const path = [...forwarded, remoteAddress];
  const address = path[Math.max(0, path.length - 1 - trustedProxies)] ?? remoteAddress;
  return withoutPort(address).replace(/^::ffff:/, "");
}
