import type { AppRouter } from "@openclaw-launch/core/api/app";
import type { TRPCClient } from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";

/** The typed tRPC client. Its errors become readable by `toLaunchError`. */
export type Api = TRPCClient<AppRouter>;

type Outputs = inferRouterOutputs<AppRouter>;
export type Account = Outputs["auth"]["me"];
export type DeployKeys = Outputs["deploy"]["keys"];
