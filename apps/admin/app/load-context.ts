import type { AdminSystem } from "@openclaw-launch/core/api/context";
import type { PageRequest } from "@openclaw-launch/server/http-server";

declare module "@remix-run/node" {
  interface AppLoadContext extends PageRequest {
    sys: AdminSystem;
  }
}
