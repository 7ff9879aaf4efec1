import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/**
 * True for whoever sits at this machine: pages of other sites can have a name of theirs lead here, but then ask for that name. It
 * doesn't tell for whom a process of this machine asks, so no port that relies on this may be one that instances reach.
 */
export function isFromThisMachine(c: Context<{ Bindings: HttpBindings }>): boolean {
  const address = c.env.incoming.socket.remoteAddress ?? "";
  const { hostname } = new URL(c.req.url);
  return (
    /^(::ffff:)?127\.0\.0\.1$|^::1$/.test(address) && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
  );
}
