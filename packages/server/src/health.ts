import type { System } from "@openclaw-launch/core/system";
import { Router } from "express";

const limitMs = 2000;

/** `/healthz`: the process answers. `/readyz`: it can do its work, which takes the database. */
export function health(sys: System): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.set("cache-control", "no-store").json({ status: "ok" });
  });
  router.get("/readyz", async (_request, response) => {
    const ready = await isDatabaseReachable(sys);
    response
      .set("cache-control", "no-store")
      .status(ready ? 200 : 503)
      .json({ status: ready ? "ok" : "unavailable", database: ready });
  });
  return router;
}

async function isDatabaseReachable(sys: System): Promise<boolean> {
  const limit = sys.clock.sleep(limitMs).then(() => false);
  const answer = sys.db.$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
  return Promise.race([answer, limit]);
}
