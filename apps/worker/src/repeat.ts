import type { System } from "@openclaw-launch/core/system";

/**
 * Takes the steps one after the other, however long each takes, again and again. One that fails, as on a full disk, keeps none of
 * the others from its work.
 */
export async function repeat(
  { clock, log }: Pick<System, "clock" | "log">,
  steps: Record<string, () => Promise<void>>,
  pauseMs: number,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    for (const [step, take] of Object.entries(steps))
      await take().catch((error) => log.error({ err: error, step }, "a step of the worker failed"));
    await clock.sleep(pauseMs, stop).catch(() => undefined);
  }
}
