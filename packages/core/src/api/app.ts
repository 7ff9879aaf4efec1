import { auditRouter } from "../audit/router.ts";
import { authRouter } from "../auth/router.ts";
import { deployRouter } from "../hosts/router.ts";
import { instancesRouter } from "../instances/router.ts";
import { apiTokensRouter } from "../tokens/router.ts";
import { vaultRouter } from "../vault/router.ts";
import { liveRouterOf } from "./follow-streams.ts";
import { appRouterOf } from "./trpc.ts";

const routers = {
  auth: authRouter,
  vault: vaultRouter,
  instances: instancesRouter,
  deploy: deployRouter,
  apiTokens: apiTokensRouter,
  audit: auditRouter,
};

/** Everything that the dashboard and the SDK can ask for. */
export const appRouter = appRouterOf({ ...routers, live: liveRouterOf(appRouterOf(routers)) });
export type AppRouter = typeof appRouter;
