import { isDeepStrictEqual } from "node:util";
import type { ObservedInstance } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";
import { limitsOf } from "./plans.ts";
import type { Probed } from "./probe-instances.ts";
import { unfinished } from "./queries.ts";

type Survey = {
  /** With a command under way, or whose container isn't what it should be. */
  unsettled: string[];
  /** As they should be, and where they can be asked how they are. */
  running: Probed[];
  /** Removed, and yet something of them is on the engine: left by a process that died at the wrong moment. */
  orphans: string[];
};

/** Compares everything that the engine has of this host with everything that its owners want. */
export async function surveyHost(worker: WorkerSystem): Promise<Survey> {
  const observed = new Map((await worker.engine.list()).map((instance) => [instance.instanceId, instance]));
  const rows = await worker.db.instance.findMany({
    where: {
      hostId: worker.secrets.hostId,
      OR: [{ status: { not: "removed" } }, { id: { in: [...observed.keys()] } }],
    },
    select: {
      id: true,
      desired: true,
      status: true,
      plan: true,
      operations: { where: unfinished, select: { id: true }, take: 1 },
    },
  });
  const survey: Survey = { unsettled: [], running: [], orphans: [] };
  for (const { id, desired, status, plan, operations } of rows) {
    const found = observed.get(id);
    if (status === "removed") {
      survey.orphans.push(id);
      continue;
    }
    const settled = operations.length === 0 && isSettled(desired, status, isUp(found));
    const fits = !isUp(found) || isDeepStrictEqual(found?.container?.limits, limitsOf(plan, worker.config));
    if (!settled || !fits) survey.unsettled.push(id);
    if (settled && desired === "running" && found?.network)
      survey.running.push({ instanceId: id, address: found.network.address });
  }
  return survey;
}

const isUp = (found: ObservedInstance | undefined) => found?.container?.state === "running";

function isSettled(desired: string, status: string, up: boolean): boolean {
  if (desired === "running") return status === "running" && up;
  if (desired === "stopped") return !up && (status === "stopped" || status === "failed");
  return desired !== "removed";
}
