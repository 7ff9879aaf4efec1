import { DomainError } from "../errors.ts";
import type { System, UserActor } from "../system.ts";
import { instanceView, ownInstance, ownInstances } from "./queries.ts";
import { instancesPerOwner } from "./rules.ts";
import type { InstanceView } from "./schema.ts";

/** Notifications may be lost while the database connection is renewed: look again this often. */
const refreshMs = 15_000;

/** The state now, then again after every change. A removed instance ends the stream with `instance.missing`. */
export async function* watchInstance(
  sys: System,
  actor: UserActor,
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

/** As `watchInstance`, for all of the caller's instances: each one now, then whichever changed. */
export async function* watchInstances(
  sys: System,
  actor: UserActor,
  signal: AbortSignal,
): AsyncGenerator<InstanceView, void, void> {
  const last = new Map<string, string>();
  for await (const changed of ticks(sys, signal, () => true)) {
    for (const view of await changedViews(sys, actor, changed)) {
      const text = JSON.stringify(view);
      if (text !== last.get(view.id)) yield view;
      last.set(view.id, text);
    }
  }
}

async function changedViews(sys: System, actor: UserActor, changed: string | null): Promise<InstanceView[]> {
  if (!changed) return (await ownInstances(sys.db, actor, { limit: instancesPerOwner })).map(instanceView);
  try {
    return [instanceView(await ownInstance(sys.db, actor, changed))];
  } catch (error) {
    if (error instanceof DomainError && error.code === "instance.missing") return [];
    throw error;
  }
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
