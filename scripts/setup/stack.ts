// All processes of the product on one machine, on a database that is already there.
import { join } from "node:path";
import { environmentOf, type ProcessName, type StackSettings, standInsFor } from "./environment.ts";
import { root } from "./layout.ts";
import type { Processes } from "./processes.ts";
import type { Progress } from "./progress.ts";
import type { Addresses } from "./run-record.ts";
import { waitUntilHealthy } from "./wait-until-healthy.ts";

type Part = { name: ProcessName; label: string; script: string; health: string };

/** Of the one that starts last, which is the mailbox while there is one: what people and tests look at. */
const standInsUrlOf = ({ ports, given }: StackSettings) =>
  `http://127.0.0.1:${standInsFor(given).resend ? ports.mail : ports.sim}`;

function partsOf(settings: StackSettings): Part[] {
  const { ports, given } = settings;
  const standIns: Part = {
    name: "sim",
    label: "stand-ins",
    script: "packages/sim/src/main.ts",
    health: `${standInsUrlOf(settings)}/`,
  };
  return [
    ...(Object.values(standInsFor(given)).includes(true) ? [standIns] : []),
    {
      name: "worker",
      label: "worker",
      script: "apps/worker/src/main.ts",
      health: `http://127.0.0.1:${ports.internal}/`,
    },
    {
      name: "web",
      label: "dashboard",
      script: "apps/web/server.ts",
      health: `http://127.0.0.1:${ports.web}/readyz`,
    },
    {
      name: "admin",
      label: "admin app",
      script: "apps/admin/server.ts",
      health: `http://127.0.0.1:${ports.admin}/readyz`,
    },
  ];
}

/** Where each process is reached, and where it says that it is well. */
export function addressesOf(settings: StackSettings): { addresses: Addresses; health: Addresses } {
  const parts = partsOf(settings);
  const urls: Record<ProcessName, string> = {
    web: settings.given["WEB_URL"] ?? `http://localhost:${settings.ports.web}`,
    admin: settings.given["ADMIN_URL"] ?? `http://localhost:${settings.ports.admin}`,
    worker: `http://127.0.0.1:${settings.ports.internal}`,
    sim: standInsUrlOf(settings),
  };
  return {
    addresses: Object.fromEntries(parts.map(({ name }) => [name, urls[name]])),
    health: Object.fromEntries(parts.map(({ name, health }) => [name, health])),
  };
}

/**
 * Starts the processes and waits until all are well. Rejects with ProcessEnded when one ends meanwhile;
 * the caller stops `processes` in any case.
 */
export async function startStack(
  settings: StackSettings,
  processes: Processes,
  progress: Progress,
): Promise<void> {
  const started = partsOf(settings).map(({ name, label }) =>
    progress.step(label, () => startPart(name, settings, processes)),
  );
  await Promise.all(started);
}

/** Starts one process and waits until it is well. */
export async function startPart(
  name: ProcessName,
  settings: StackSettings,
  processes: Processes,
): Promise<void> {
  const part = partsOf(settings).find((candidate) => candidate.name === name);
  if (!part) throw new Error(`There is no process "${name}" in this stack.`);
  await processes.start(name, join(root, part.script), environmentOf(name, settings), root);
  await Promise.race([waitUntilHealthy(part.health), processes.ended]);
}
