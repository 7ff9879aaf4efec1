import type { StartedSystem } from "@openclaw-launch/core/adapters/start-system";
import type { Config } from "@openclaw-launch/core/config";
import type { Express } from "express";
import { nodeServer } from "./node-server.ts";

/** How long answers under way may take when the server is asked to stop. Live streams reconnect elsewhere. */
const graceMs = 500;

/** Serves until the process is told to end, then closes the system and ends it. */
export function serve(
  app: Express,
  sys: StartedSystem<Config>,
  address: { host: string; port: number; url: string },
): void {
  const server = nodeServer(app, { https: address.url.startsWith("https:") });
  server.listen(address.port, address.host, () => sys.log.info({ url: address.url }, "ready"));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, async () => {
      server.close();
      await sys.clock.sleep(graceMs);
      server.closeAllConnections();
      await sys.close();
      process.exit(0);
    });
  }
}
