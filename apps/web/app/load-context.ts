import type { WebSystem } from "@openclaw-launch/core/api/context";
import type { PageRequest } from "@openclaw-launch/server/http-server";

declare module "@remix-run/node" {
  /** What the server hands to every loader. */
  interface AppLoadContext extends PageRequest {
    sys: WebSystem;
  }
}
