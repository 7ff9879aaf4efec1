import { EventEmitter } from "node:events";
import { emittedEvents } from "../adapters/emitted-events.ts";
import type { WorkerConfig } from "../config.ts";
import type { DiskUse, Engine, InstanceStats } from "../ports.ts";
import type { System } from "../system.ts";
import { combine, type Span, startOfSpan, usageBetween } from "./rules.ts";
import type { StatsPoint } from "./schema.ts";
import { writeMinute } from "./write-minute.ts";

/** What whoever begins to watch is shown at once. */
const recentMs = 5 * 60_000;
/** While nobody watches, it is enough for the past. */
const restMs = 10_000;
/** As long as the database can't be reached, so many are kept for it. */
const mostMinutes = 60;

type Needs = Pick<System, "db" | "clock"> & {
  engine: Pick<Engine, "stats">;
  config: Pick<WorkerConfig, "INSTANCE_DISK_MB">;
};

export type Meter = {
  /** Reads every running instance of the host once, however many watch; while nobody does, not each time. */
  read(): Promise<void>;
  /** Writes the minutes that are over to the database. */
  write(): Promise<void>;
  /** Disks are measured elsewhere, and less often. */
  noteDisks(uses: readonly DiskUse[]): void;
  /** What was read in the last minutes, or since then, and each new reading until the signal aborts. */
  watch(
    instanceId: string,
    since: Date | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StatsPoint, void, void>;
};

/** Measures what the instances of this host take of it. */
export function createMeter({ db, clock, engine, config }: Needs): Meter {
  const readings = new EventEmitter().setMaxListeners(0);
  let watching = 0;
  const recent = new Map<string, StatsPoint[]>();
  const minutes = new Map<number, Map<string, Span>>();
  let disks = new Map<string, DiskUse>();
  let last = new Map<string, InstanceStats>();
  let readAt: Date | null = null;

  async function read(): Promise<void> {
    const now = clock.now();
    if (watching === 0 && readAt && apart(now, readAt) < restMs) return;
    readAt = now;
    const found = await engine.stats();
    for (const after of found) {
      const before = last.get(after.instanceId);
      const usage = before && usageBetween(before, after, roomOf(after.instanceId));
      if (usage) note(after.instanceId, { at: after.at, ...usage });
    }
    last = new Map(found.map((stats) => [stats.instanceId, stats]));
    forgetOld(now);
    readings.emit("item");
  }

  function roomOf(instanceId: string) {
    const use = disks.get(instanceId);
    return {
      diskBytes: use?.usedBytes ?? null,
      diskLimit: use?.sizeBytes ?? config.INSTANCE_DISK_MB * 1024 ** 2,
    };
  }

  function note(instanceId: string, point: StatsPoint): void {
    recent.set(instanceId, [...(recent.get(instanceId) ?? []), point]);
    const { at, ...usage } = point;
    const minute = startOfSpan(at, 60).getTime();
    const spans = minutes.get(minute) ?? new Map<string, Span>();
    spans.set(instanceId, combine(spans.get(instanceId), { ...usage, readings: 1 }));
    minutes.set(minute, spans);
  }

  function forgetOld(now: Date): void {
    for (const [instanceId, points] of recent) {
      const kept = points.filter(({ at }) => apart(now, at) <= recentMs);
      if (kept.length > 0) recent.set(instanceId, kept);
      else recent.delete(instanceId);
    }
    for (const minute of [...minutes.keys()].slice(0, -mostMinutes)) minutes.delete(minute);
  }

  async function write(): Promise<void> {
    const current = startOfSpan(clock.now(), 60).getTime();
    for (const [minute, spans] of minutes) {
      if (minute === current) continue;
      await writeMinute(db, new Date(minute), spans);
      minutes.delete(minute);
    }
  }

  async function* watch(instanceId: string, since: Date | undefined, signal: AbortSignal) {
    const ticks = emittedEvents<void>(readings, signal);
    // Listening begins before we look: no reading is missed in between.
    let tick = ticks.next();
    let shown = recent.get(instanceId)?.findLast(({ at }) => since && at <= since);
    watching += 1;
    try {
      for (;;) {
        const points: StatsPoint[] = recent.get(instanceId) ?? [];
        for (const point of points.slice(shown ? points.indexOf(shown) + 1 : 0)) {
          shown = point;
          yield point;
        }
        if ((await tick).done) return;
        tick = ticks.next();
      }
    } finally {
      watching -= 1;
    }
  }

  return {
    read,
    write,
    noteDisks: (uses) => {
      disks = new Map(uses.map((use) => [use.instanceId, use]));
    },
    watch,
  };
}

/** Clocks are set back, too. */
const apart = (a: Date, b: Date) => Math.abs(a.getTime() - b.getTime());
