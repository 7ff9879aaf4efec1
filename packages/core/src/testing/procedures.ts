import type { AnyProcedure, AnyRouter } from "@trpc/server";
import { adminRouter } from "../api/admin.ts";
import { appRouter } from "../api/app.ts";
import { internalRouter } from "../api/internal.ts";

export const routers = { app: appRouter, admin: adminRouter, internal: internalRouter } as const;

export type Listed = { router: keyof typeof routers; path: string; procedure: AnyProcedure };

export const allProcedures: Listed[] = Object.entries(routers).flatMap(([router, { _def }]) =>
  Object.entries((_def as AnyRouter["_def"]).procedures as Record<string, AnyProcedure>).map(
    ([path, procedure]) => ({ router: router as keyof typeof routers, path, procedure }),
  ),
);
