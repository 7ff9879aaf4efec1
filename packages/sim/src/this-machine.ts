import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/**
 * True for whoever sits at this machine. Instances reach the stand-ins too, through the egress proxy, which calls from another
 * loopback address for them; pages of other sites can have a name of theirs lead here, but then ask for that name.
 */
export function isFromThisMachine(c: Context<{ Bindings: HttpBindings }>): boolean {
  const address = c.env.incoming.socket.remoteAddress ?? "";
  const { hostname } = new URL(c.req.url);
  return (
    /^(::ffff:)?127\.0\.0\.1$|^::1$/.test(address) && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
  );
}
