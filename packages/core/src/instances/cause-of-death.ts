import type { DomainError, ErrorCode } from "../errors.ts";
import type { WorkerSystem } from "../worker.ts";
import { type DeathReason, deathOf } from "./rules.ts";
import type { Work } from "./track-progress.ts";

/** Failures that may have their cause in a container that died meanwhile. */
const whileRunning: readonly ErrorCode[] = [
  "instance.crashed",
  "instance.not-running",
  "deploy.not-healthy",
  "deploy.no-answer",
];

/** What became of a container that failed while it should have run; null for failures that have nothing to do with it. */
export async function causeOfDeath(
  { db, engine }: WorkerSystem,
  { instance: { id } }: Work,
  { code }: DomainError,
): Promise<DeathReason | null> {
  if (!whileRunning.includes(code)) return null;
  const { outOfMemoryAt } = await db.instance.findUniqueOrThrow({ where: { id } });
  const { container } = await engine.inspect(id);
  return container?.state === "running" ? "instance.not-answering" : deathOf(container, outOfMemoryAt);
}
