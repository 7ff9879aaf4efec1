import type { WebSystem } from "@openclaw-launch/core/api/context";

declare module "@remix-run/node" {
  /** What `server/http-server.ts` hands to every loader. */
  interface AppLoadContext {
    sys: WebSystem;
    /** Of this answer, for inline scripts and styles. */
    nonce: string;
    remoteAddress: string;
  }
}
