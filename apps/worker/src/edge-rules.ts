import type { IncomingHttpHeaders } from "node:http";
import { clientAddress } from "@openclaw-launch/core/api/context";
import { nobodysAddress } from "@openclaw-launch/core/instances/rules";

/** A person's cookie for the pages of one instance. It belongs to that host name alone. */
export const cookieName = "__Host-gateway";

/** The instance that a request is for: the label before the domain of all instances. */
export function slugOfHost(host: string | undefined, domain: string): string | null {
  const name = (host ?? "").toLowerCase().replace(/:\d+$/, "");
  const slug = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : "";
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(slug) ? slug : null;
}

export function cookieOf({ cookie }: IncomingHttpHeaders): string | null {
  const pairs = (cookie ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1) ?? null;
}

/** Without its service worker: the edge lets in none. */
const files = new Set([
  "/",
  "/apple-touch-icon.png",
  "/asset-manifest.json",
  "/control-ui-config.json",
  "/favicon-32.png",
  "/favicon.ico",
  "/favicon.svg",
  "/manifest.webmanifest",
]);
const folders =
  /^\/(?:assets|fonts|themes|app-art|community-art|provider-icons|cloud-provider-icons|file-icons)\/[\w.\-/]+$/;

/**
 * Which path of the instance a GET asks for: a file of its Control UI, or, where a person goes to one of its views, its one page.
 * Null for all else: with the gateway token alone its other doors would let in anybody, paired or not.
 */
export function pathInside(url: string | undefined, isNavigation: boolean): string | null {
  const [path = "", query] = (url ?? "").split("?", 2);
  if (path.includes("..") || path.includes("//")) return null;
  if (files.has(path) || folders.test(path)) return query === undefined ? path : `${path}?${query}`;
  return isNavigation ? "/" : null;
}

/** Another site's page, or that of another instance, may neither embed nor ask anything; following a link to here is fine. */
export function isForeign(headers: IncomingHttpHeaders, origin: string): boolean {
  if (headers.origin !== undefined) return headers.origin !== origin;
  const site = headers["sec-fetch-site"];
  const follows = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return site !== undefined && site !== "same-origin" && site !== "none" && !follows;
}

/** What follows the headers of a GET could pass for a second request, which nobody looked at. */
export const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

const passedOn = [
  "accept",
  "accept-encoding",
  "accept-language",
  "authorization",
  "cache-control",
  "host",
  "if-modified-since",
  "if-none-match",
  "origin",
  "range",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-protocol",
  "sec-websocket-version",
  "user-agent",
];
const loopback = /^(127\.|::1$|localhost$)/;

/** What the instance is told: the few headers it needs, and who asks as we see it. No cookie, and nothing that a client says of itself. */
export function headersInside(
  headers: IncomingHttpHeaders,
  { remoteAddress, proxies, proto }: { remoteAddress: string; proxies: number; proto: string },
): IncomingHttpHeaders {
  const forwarded = headers["x-forwarded-for"];
  const get = (name: string) => (name === "x-forwarded-for" ? String(forwarded ?? "") : null);
  const address = clientAddress({ headers: { get }, remoteAddress }, proxies);
  return {
    ...Object.fromEntries(passedOn.flatMap((name) => (headers[name] ? [[name, headers[name]]] : []))),
    "x-forwarded-for": loopback.test(address) ? nobodysAddress : address,
    "x-forwarded-host": headers.host ?? "",
    "x-forwarded-proto": proto,
  };
}
