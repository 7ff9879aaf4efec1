import type { Clock, ObservedInstance } from "../ports.ts";

type Container = NonNullable<ObservedInstance["container"]>;

/** Somebody else may change the limits of a running container, which its listing doesn't show. */
const believedMs = 300_000;

/** What was seen of containers, so that a look at all of them asks only for those that have changed since. */
export function createSightings(clock: Clock) {
  const sightings = new Map<string, { status: string; at: number; container: Container }>();
  const now = () => clock.now().getTime();
  return {
    remember(id: string, status: string, container: Container): void {
      sightings.set(id, { status, at: now(), container });
    },
    /** Undefined when it has to be asked for. */
    recall(id: string, status: string): Container | undefined {
      const found = sightings.get(id);
      return found?.status === status && now() - found.at < believedMs ? found.container : undefined;
    },
    forgetOthers(ids: readonly string[]): void {
      const kept = new Set(ids);
      for (const id of sightings.keys()) if (!kept.has(id)) sightings.delete(id);
    },
  };
}
