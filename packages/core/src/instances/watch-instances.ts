import { DomainError } from "../errors.ts";
import type { OwnerActor, System } from "../system.ts";
import { instanceView, ownInstance, ownInstances, removedInstances } from "./queries.ts";
import { instancesPerOwner } from "./rules.ts";
import type { InstanceView } from "./schema.ts";

/** Notifications may be lost while the database connection is renewed: look again this often. */
const refreshMs = 15_000;
/** A browser that hears nothing for longer is signed out. */
const longestAbsenceMs = 24 * 3_600_000;

/** The state now, then again after every change. A removed instance ends the stream with `instance.missing`. */
export async function* watchInstance(
  sys: System,
  actor: OwnerActor,
  input: { instanceId: string },
  signal: AbortSignal,
): AsyncGenerator<InstanceView, void, void> {
  let last = "";
  for await (const _ of ticks(sys, signal, (id) => id === input.instanceId)) {
    const view = instanceView(await ownInstance(sys.db, actor, input.instanceId));
    const text = JSON.stringify(view);
    if (text !== last) yield view;
    last = text;
  }
}

/**
 * As `watchInstance`, for all of the caller's instances: each one now, with those that were removed lately, which whoever comes
 * back may still know; then whichever changed, and at last as removed.
 */
export async function* watchInstances(
  sys: System,
  actor: OwnerActor,
  signal: AbortSignal,
): AsyncGenerator<InstanceView, void, void> {
  const shown = new Map<string, InstanceView>();
  let begun = false;
  for await (const changed of ticks(sys, signal, () => true)) {
    const views = await currentViews(sys, actor, changed, shown);
    if (!begun) views.push(...(await lastRemoved(sys, actor)));
    begun = true;
    for (const view of views) {
      if (JSON.stringify(view) !== JSON.stringify(shown.get(view.id))) yield view;
      if (view.status === "removed") shown.delete(view.id);
      else shown.set(view.id, view);
    }
  }
}

/** The changed instance, or all of them; those that were shown and are gone stand in it as removed. */
async function currentViews(
  sys: System,
  actor: OwnerActor,
  changed: string | null,
  shown: ReadonlyMap<string, InstanceView>,
): Promise<InstanceView[]> {
  const views = await existingViews(sys, actor, changed);
  const gone = [...shown.values()].filter(
    ({ id }) => (!changed || id === changed) && !views.some((view) => view.id === id),
  );
  return [...views, ...gone.map((view) => ({ ...view, status: "removed" as const }))];
}

async function existingViews(
  sys: System,
  actor: OwnerActor,
  changed: string | null,
): Promise<InstanceView[]> {
  if (!changed) return (await ownInstances(sys.db, actor, { limit: instancesPerOwner })).map(instanceView);
  try {
    return [instanceView(await ownInstance(sys.db, actor, changed))];
  } catch (error) {
    if (error instanceof DomainError && error.code === "instance.missing") return [];
    throw error;
  }
}

async function lastRemoved(sys: System, actor: OwnerActor): Promise<InstanceView[]> {
  const since = new Date(sys.clock.now().getTime() - longestAbsenceMs);
  const rows = await removedInstances(sys.db, actor, { since, limit: instancesPerOwner });
  return rows.map(instanceView);
}

/** Once at the beginning, at every matching change, and now and then without one (null). */
async function* ticks(
  sys: System,
  signal: AbortSignal,
  matches: (instanceId: string) => boolean,
): AsyncGenerator<string | null, void, void> {
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  const changes = sys.changes.instances(all)[Symbol.asyncIterator]();
  try {
    let change = changes.next();
    yield null;
    while (!signal.aborted) {
      const pause = new AbortController();
      const tick = await Promise.race([
        change,
        sys.clock.sleep(refreshMs, AbortSignal.any([all, pause.signal])).then(
          () => null,
          () => null,
        ),
      ]);
      pause.abort();
      if (signal.aborted || tick?.done) return;
      if (!tick) {
        yield null;
        continue;
      }
      change = changes.next();
      if (matches(tick.value)) yield tick.value;
    }
  } finally {
    ended.abort();
  }
}
