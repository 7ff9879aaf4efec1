import type { AdminRouter } from "@openclaw-launch/core/api/admin";
import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";

/** What pages change, they change through this. */
export const api: TRPCClient<AdminRouter> = createTRPCClient<AdminRouter>({
  links: [httpLink({ url: "/api/trpc", transformer: superjson })],
});
