import { isSwitchedOff } from "../kill-switch/queries.ts";
import type { WorkerSystem } from "../worker.ts";
import { graceSeconds } from "./rules.ts";
import { runPhase, succeed, type Work } from "./track-progress.ts";

export async function takeDown(worker: WorkerSystem, work: Work): Promise<void> {
  const { instance, operation } = work;
  worker.chats.close(instance.id);
  const { container } = await worker.engine.inspect(instance.id);
  if (container?.state === "running") {
    await runPhase(worker, work, "stop-container", () =>
      worker.engine.stop(instance.id, operation?.kind === "kill" ? 0 : graceSeconds),
    );
  }
  if (operation || instance.status === "stopping") {
    const switchedOff = await isSwitchedOff(worker.db, instance.ownerId);
    await succeed(worker, work, "stopped", switchedOff ? "instance.switched-off" : null);
  }
}
