import type { WorkerSystem } from "../worker.ts";
import { mortalPorts } from "./mortal-ports.ts";
import type { TestSystem } from "./test-system.ts";
import { startTestWorker, type TestHost } from "./test-worker.ts";

/** A worker that is gone at its n-th call to the engine, the model provider or the sealed files. */
export function startDoomedWorker(
  sys: TestSystem,
  host: TestHost,
  death: { deadline: number; when: "before" | "after" },
): { doomed: WorkerSystem; death: Promise<void> } {
  const { engine, provider, secrets } = host;
  const { readInstance, writeInstance } = secrets;
  const ports = mortalPorts(death);
  const doomed = startTestWorker(sys, host, {
    engine: ports.mortal(engine),
    provider: ports.mortal(provider),
    secrets: { ...secrets, ...ports.mortal({ readInstance, writeInstance }) },
  });
  return { doomed, death: ports.death };
}
